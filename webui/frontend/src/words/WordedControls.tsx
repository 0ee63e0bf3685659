// What the kit draws without a word gets its name in the language of the page.
import { MantineThemeProvider } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { useWords } from "./WordsProvider";

export function WordedControls({ children }: { children: ReactNode }) {
  const { t } = useWords();
  const theme = useMemo(
    () => ({ components: { ModalCloseButton: { defaultProps: { "aria-label": t("dialog.close") } } } }),
    [t],
  );
  return <MantineThemeProvider theme={theme}>{children}</MantineThemeProvider>;
}
