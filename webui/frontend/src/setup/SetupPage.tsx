// The first set-up: six calm steps with a default for everything; one may leave and come back.
import { Button, Loader } from "@mantine/core";
import { type ComponentType, useEffect, useRef } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { go } from "../routing";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { endSetup, readSetup, type SetupView, type Step, STEPS } from "./api";
import { CallsStep } from "./CallsStep";
import { CountryStep } from "./CountryStep";
import { DevicesStep } from "./DevicesStep";
import { LanguageStep } from "./LanguageStep";
import { OfficeStep } from "./OfficeStep";
import style from "./Setup.module.css";
import { TestStep } from "./TestStep";
import { type Setup, useSetup } from "./useSetup";

export interface StepProps {
  view: SetupView;
  setup: Setup;
}

const PAGES: Record<Step, ComponentType<StepProps>> = {
  language: LanguageStep,
  country: CountryStep,
  office: OfficeStep,
  devices: DevicesStep,
  calls: CallsStep,
  test: TestStep,
};

export default function SetupPage() {
  const view = useAnswer(readSetup, "");
  if (view.value !== null) return <Wizard view={view.value} />;
  if (view.problem === null) return <Loader color="tip" />;
  return (
    <div className={style.wizard}>
      <ProblemNote problem={view.problem} again={view.again} />
      <SkipGuide />
    </div>
  );
}

/** Nobody has to go through it, least of all when it does not work. */
function SkipGuide() {
  const { t } = useWords();
  const leaving = useAction(async () => {
    await endSetup();
    go("/now");
  });
  return (
    <>
      <Button size="compact-sm" variant="subtle" style={{ justifySelf: "start" }} loading={leaving.busy} onClick={() => void leaving.run()}>
        {t("setup.skip")}
      </Button>
      <ProblemNote problem={leaving.problem} />
    </>
  );
}

function Wizard({ view }: { view: SetupView }) {
  const { t } = useWords();
  const setup = useSetup(view);
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [setup.step]);
  const at = STEPS.indexOf(setup.step);
  const Page = PAGES[setup.step];
  return (
    <div className={style.wizard}>
      <div className="row spread">
        <span className="dim small">{t("setup.step", { n: at + 1, all: STEPS.length })}</span>
        {setup.step !== "test" && <SkipGuide />}
      </div>
      <ol className={`plain ${style.progress}`} aria-label={t("setup.title")}>
        {STEPS.map((step, index) => (
          <li key={step} aria-current={step === setup.step ? "step" : undefined}>
            <button type="button" aria-label={t(`setup.name-${step}`)} disabled={index >= at} data-done={index < at || undefined} onClick={() => setup.go(step)}>
              <span aria-hidden className={style.bar} />
              <span className={style.name}>{t(`setup.name-${step}`)}</span>
            </button>
          </li>
        ))}
      </ol>
      <section className={`card ${style.sheet}`} aria-labelledby="setup-heading">
        <div>
          <h1 id="setup-heading" ref={heading} tabIndex={-1}>
            {t(`setup.title-${setup.step}`)}
          </h1>
          <p className="dim">{t(`setup.lead-${setup.step}`)}</p>
        </div>
        <Page view={view} setup={setup} />
      </section>
    </div>
  );
}
