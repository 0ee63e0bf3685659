// Where calls go first: welcome, opening hours, two keys, voicemail; then all of it goes live.
import { Button, Textarea } from "@mantine/core";
import { useAction, useAnswer } from "../api/useAnswer";
import { Listen } from "../flows/PromptField";
import { useLive } from "../live/useLive";
import { Check } from "../phones/Check";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { readDevices, readSetup, setUp, usualGreeting } from "./api";
import { HoursField } from "./HoursField";
import { PhonePicker } from "./PhonePicker";
import style from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { StepButtons } from "./StepButtons";

export function CallsStep({ view, setup }: StepProps) {
  const { t } = useWords();
  const { answers, change } = setup;
  const going = useAction(async () => {
    await setUp(answers);
    setup.settle((await readSetup()).usual);
  });
  return (
    <>
      {view.flow_now !== null && (
        <fieldset className={style.group}>
          <legend>{t("setup.calls-go")}</legend>
          <label className={style.phone}>
            <input type="radio" name="calls-go" checked={answers.ready_made} onChange={() => change({ ready_made: true })} />
            {t("setup.ready-made")}
          </label>
          <label className={style.phone}>
            <input type="radio" name="calls-go" checked={!answers.ready_made} onChange={() => change({ ready_made: false })} />
            {t("setup.keep-flow", { flow: view.flow_now })}
          </label>
        </fieldset>
      )}
      {answers.ready_made && <Reception setup={setup} />}
      <Check label={t("setup.record")} hint={t("setup.record-hint")} checked={answers.record ?? false} change={(record) => change({ record })} />
      <ProblemNote problem={going.problem} />
      <StepButtons setup={setup} label={t("setup.go-live")} busy={going.busy} onNext={() => void going.run()} />
    </>
  );
}

function Reception({ setup }: Pick<StepProps, "setup">) {
  const { t } = useWords();
  const { answers, change } = setup;
  const { box } = useLive();
  const devices = useAnswer(readDevices, JSON.stringify(box?.lines.map(({ line }) => line.line_id)));
  const rings = `${answers.key_1?.length} ${answers.key_0?.length}`;
  const usual = useAnswer(() => usualGreeting(answers), `${answers.language} ${answers.office} ${rings}`);
  const greeting = answers.greeting || (usual.value ?? "");
  const phones = devices.value?.phones ?? [];
  return (
    <>
      <HoursField answers={answers} change={change} />
      <div className={style.keys}>
        <PhonePicker digit="1" phones={phones} chosen={answers.key_1 ?? []} change={(key_1) => change({ key_1 })} />
        <PhonePicker digit="0" phones={phones} chosen={answers.key_0 ?? []} change={(key_0) => change({ key_0 })} />
      </div>
      {devices.value !== null && phones.length === 0 && <p className="small dim">{t("setup.no-phones")}</p>}
      <div>
        <Textarea
          label={t("setup.greeting")}
          description={t("setup.greeting-hint")}
          autosize
          minRows={2}
          maxLength={2000}
          value={greeting}
          onChange={(event) => change({ greeting: event.currentTarget.value })}
        />
        <div className="row" style={{ marginTop: 8 }}>
          {greeting !== "" && <Listen spoken={{ text: greeting }} language={answers.language} />}
          {answers.greeting !== "" && answers.greeting !== usual.value && (
            <Button size="compact-sm" variant="subtle" onClick={() => change({ greeting: "" })}>
              {t("setup.greeting-usual")}
            </Button>
          )}
        </div>
        <ProblemNote problem={usual.problem ?? devices.problem} />
      </div>
    </>
  );
}
