// Night and day: by the hours, or switched open or closed, as the codes on a phone do it.
import { NativeSelect } from "@mantine/core";
import { answer, api } from "../api/client";
import { useAction } from "../api/useAnswer";
import type { Snapshot } from "../live/state";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";

type Opening = Snapshot["opening"];
const CHOICES: Opening[] = ["by-hours", "open", "closed"];

export function OpeningSwitch({ opening }: { opening: Opening }) {
  const { t, named } = useWords();
  const switching = useAction((to: Opening) => answer(api.PUT("/api/opening", { body: { to } })));
  return (
    <div>
      <NativeSelect
        size="sm"
        aria-label={t("opening.title")}
        value={opening}
        disabled={switching.busy}
        onChange={(event) => void switching.run(event.currentTarget.value as Opening)}
        data={CHOICES.map((value) => ({ value, label: named("opening.", value) }))}
      />
      <ProblemNote problem={switching.problem} />
    </div>
  );
}
