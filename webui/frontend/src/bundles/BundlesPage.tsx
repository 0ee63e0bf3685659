// Bundles: a whole set-up in one file, from a stick or another box; judged here before it counts.
import { Button, Loader } from "@mantine/core";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { useBoxEvents, useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { EXPORT, listBundles } from "./api";
import { BundleCard } from "./BundleCard";
import { BundleUpload } from "./BundleUpload";
import { KeyList } from "./KeyList";
import { ResultNote } from "./ResultNote";

export default function BundlesPage() {
  const { t } = useWords();
  const { box } = useLive();
  const bundles = useAnswer(listBundles, String(box?.config_version ?? 0));
  useBoxEvents((event) => {
    if (event.what === "bundles") bundles.again();
  });
  return (
    <>
      <p className="dim">{t("bundles.lead")}</p>
      <section className="stack" aria-labelledby="bundles-waiting">
        <div className="row spread">
          <h2 id="bundles-waiting">{t("bundles.waiting")}</h2>
          <BundleUpload done={bundles.again} />
        </div>
        <ProblemNote problem={bundles.problem} again={bundles.again} />
        {bundles.value === null && bundles.loading && <Loader color="tip" />}
        {bundles.value?.last && <ResultNote result={bundles.value.last} />}
        {bundles.value?.waiting.length === 0 && <Empty title={t("bundles.none")}>{t("bundles.none-hint")}</Empty>}
        {bundles.value?.waiting.map((bundle) => (
          <BundleCard key={bundle.bundle_id} bundle={bundle} done={bundles.again} />
        ))}
      </section>
      <KeyList />
      <section className="card pad stack" aria-labelledby="bundles-export">
        <h2 id="bundles-export">{t("bundles.export-title")}</h2>
        <p className="dim">{t("bundles.export-lead")}</p>
        <div>
          <Button component="a" href={EXPORT} download variant="default">
            {t("bundles.export")}
          </Button>
        </div>
      </section>
    </>
  );
}
