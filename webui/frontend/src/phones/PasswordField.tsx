// The asker's own password once more, for what costs money.
import { TextInput } from "@mantine/core";
import type { Problem } from "../api/client";
import { useWords } from "../words/WordsProvider";

const ASKING = new Set(["web.password-needed", "web.wrong-password", "web.too-many-attempts"]);

export const wantsPassword = (problem: Problem | null): boolean => problem !== null && ASKING.has(problem.code);

export function PasswordField({ value, change }: { value: string; change: (value: string) => void }) {
  const { t } = useWords();
  return (
    <TextInput
      type="password"
      label={t("dialling.password")}
      autoComplete="current-password"
      required
      autoFocus
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
