// Calls in: where they go, when the office is open, and whose calls are not wanted.
import { SegmentedControl } from "@mantine/core";
import { go, usePath } from "../routing";
import { useWords } from "../words/WordsProvider";
import { CallerLists } from "./CallerLists";
import { HoursPart } from "./HoursPart";
import { RulesPart } from "./RulesPart";

const PARTS = ["rules", "hours", "callers"] as const;
type Part = (typeof PARTS)[number];
const VIEWS: Record<Part, () => React.JSX.Element> = { rules: RulesPart, hours: HoursPart, callers: CallerLists };

export default function IncomingPage() {
  const { t } = useWords();
  const named = usePath()[1];
  const part = PARTS.find((one) => one === named) ?? "rules";
  const View = VIEWS[part];
  return (
    <>
      <div className="row spread">
        <h1>{t("nav.incoming")}</h1>
        <SegmentedControl
          aria-label={t("incoming.parts")}
          style={{ maxWidth: "100%", overflowX: "auto" }}
          value={part}
          onChange={(value) => go(`/incoming/${value}`)}
          data={PARTS.map((value) => ({ value, label: t(`incoming.part-${value}`) }))}
        />
      </div>
      <View />
    </>
  );
}
