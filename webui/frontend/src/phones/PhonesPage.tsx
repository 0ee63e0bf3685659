// Phones: people and their phones, phones that set themselves up, codes, and what may be dialled.
import { SegmentedControl } from "@mantine/core";
import { go, usePath } from "../routing";
import { useWords } from "../words/WordsProvider";
import { CodeList } from "./CodeList";
import { DeviceList } from "./DeviceList";
import { DiallingRules } from "./DiallingRules";
import { PeopleList } from "./PeopleList";
import style from "./Phones.module.css";

const PARTS = ["people", "setup", "codes", "dialling"] as const;
type Part = (typeof PARTS)[number];
const VIEWS: Record<Part, () => React.JSX.Element> = {
  people: PeopleList,
  setup: DeviceList,
  codes: CodeList,
  dialling: DiallingRules,
};

export default function PhonesPage() {
  const { t } = useWords();
  const named = usePath()[1];
  const part = PARTS.find((one) => one === named) ?? "people";
  const View = VIEWS[part];
  return (
    <>
      <div className="row spread">
        <h1>{t("nav.phones")}</h1>
        <div className={style.parts}>
          <SegmentedControl
            aria-label={t("phones.parts")}
            value={part}
            onChange={(value) => go(`/phones/${value}`)}
            data={PARTS.map((value) => ({ value, label: t(`phones.part-${value}`) }))}
          />
        </div>
      </div>
      <View />
    </>
  );
}
