// A test call: on a practice box somebody calls in; on a real one the owner does, and watches it arrive.
import { Button, Loader } from "@mantine/core";
import { useAction, useAnswer } from "../api/useAnswer";
import { Link } from "../Link";
import { practiceLines } from "../lines/api";
import { useLive } from "../live/useLive";
import { go } from "../routing";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { endSetup } from "./api";
import { ArrivedCall } from "./ArrivedCall";
import { PracticeTest } from "./PracticeTest";
import style from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { useArrived } from "./useArrived";

export function TestStep({ setup }: StepProps) {
  const { t } = useWords();
  const { box } = useLive();
  const arrived = useArrived();
  const practice = useAnswer(practiceLines, JSON.stringify(box?.lines.map(({ line }) => line.line_id)));
  const ending = useAction(async () => {
    await endSetup();
    go("/now");
  });
  const lines = (box?.lines ?? []).filter(({ line }) => (line.abilities ?? []).includes("receive"));
  const ready = lines.filter(({ line }) => line.health === "ready");
  const numbers = ready.flatMap(({ number }) => (number ? [number] : []));
  const inside = (practice.value ?? []).filter((one) => !one.phone && ready.some(({ line }) => line.line_id === one.line_id));
  return (
    <>
      {ready.length === 0 && (
        <p role="status">
          <Loader color="tip" size="xs" /> {t(lines.length > 0 ? "setup.lines-starting" : "setup.no-lines")}
        </p>
      )}
      {inside.length > 0 && <PracticeTest lines={inside} labels={lines} />}
      {practice.value?.length === 0 && ready.length > 0 && (
        <div className={style.callNow}>
          <p>{t(numbers.length > 0 ? "setup.call-now" : "setup.call-any")}</p>
          {numbers.map((number) => (
            <strong key={number} className="number">
              {number}
            </strong>
          ))}
        </div>
      )}
      {arrived ? (
        <ArrivedCall call={arrived} phones={(practice.value ?? []).filter((one) => one.phone)} />
      ) : (
        ready.length > 0 && <p className="dim small">{t("setup.waiting")}</p>
      )}
      <ProblemNote problem={ending.problem ?? practice.problem} />
      <div className={style.buttons}>
        {setup.back && (
          <Button variant="default" onClick={setup.back}>
            {t("setup.back")}
          </Button>
        )}
        <Button variant={arrived?.phase === "ended" ? "filled" : "light"} loading={ending.busy} onClick={() => void ending.run()}>
          {t("setup.finish")}
        </Button>
      </div>
      <p className="small dim">
        {t("setup.undo-hint")} <Link href="/settings/versions">{t("settings.part-versions")}</Link>
      </p>
    </>
  );
}
