// Settings: the configuration as text, every version of it, sounds for prompts, and who did what.
import { Loader, SegmentedControl } from "@mantine/core";
import { type ComponentType, lazy, Suspense } from "react";
import { go, usePath } from "../routing";
import { useWords } from "../words/WordsProvider";
import { AuditList } from "./AuditList";
import { ConfigEditor } from "./ConfigEditor";
import { SoundUpload } from "./SoundUpload";
import { VersionList } from "./VersionList";
import { WentBackNote } from "./WentBackNote";

const PeopleSettings = lazy(() => import("../people/PeopleSettings"));

const PARTS = ["text", "versions", "sounds", "people", "audit"] as const;
type Part = (typeof PARTS)[number];
const VIEWS: Record<Part, ComponentType> = {
  text: ConfigEditor,
  versions: VersionList,
  sounds: SoundUpload,
  people: PeopleSettings,
  audit: AuditList,
};

export default function SettingsPage() {
  const { t } = useWords();
  const named = usePath()[1];
  const part = PARTS.find((one) => one === named) ?? "text";
  const View = VIEWS[part];
  return (
    <>
      <div className="row spread">
        <h1>{t("nav.settings")}</h1>
        <SegmentedControl
          aria-label={t("settings.parts")}
          style={{ maxWidth: "100%", overflowX: "auto" }}
          value={part}
          onChange={(value) => go(`/settings/${value}`)}
          data={PARTS.map((value) => ({ value, label: t(`settings.part-${value}`) }))}
        />
      </div>
      <WentBackNote />
      <Suspense fallback={<Loader color="tip" />}>
        <View />
      </Suspense>
    </>
  );
}
