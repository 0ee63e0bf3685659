// The country, suggested from what is plugged in, and in plain words what it settles.
import { Loader, NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type CountryFacts, readCountry } from "./api";
import style from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { StepButtons } from "./StepButtons";
import { likelyZone } from "./useSetup";

export function CountryStep({ view, setup }: StepProps) {
  const { t, language } = useWords();
  const { country, timezone } = setup.answers;
  const facts = useAnswer(() => readCountry(country), `${country} ${language}`);
  const names = useMemo(() => new Intl.DisplayNames(language, { type: "region" }), [language]);
  const options = useMemo(
    () =>
      view.countries
        .map((value) => ({ value, label: names.of(value) ?? value }))
        .sort((one, other) => one.label.localeCompare(other.label, language)),
    [view.countries, names, language],
  );
  const next = () => {
    setup.change({ timezone: likelyZone(facts.value?.zones ?? [], timezone) });
    setup.next();
  };
  return (
    <>
      <NativeSelect
        label={t("setup.country")}
        description={view.country_found === country ? t("setup.country-found") : t("setup.country-hint")}
        value={country}
        onChange={(event) => setup.change({ country: event.currentTarget.value })}
        data={options}
      />
      <ProblemNote problem={facts.problem} again={facts.again} />
      {facts.value === null ? <Loader color="tip" size="sm" /> : <Facts facts={facts.value} name={names.of(country) ?? country} />}
      <StepButtons setup={setup} busy={facts.loading} onNext={next} />
    </>
  );
}

function Facts({ facts, name }: { facts: CountryFacts; name: string }) {
  const { t, date } = useWords();
  const holiday = facts.next_holiday ? `${facts.next_holiday_name ?? ""} (${date(`${facts.next_holiday}T12:00:00`)})` : null;
  const rows: [string, string][] = [
    [t("setup.fact-tones"), t("setup.fact-tones-text", { country: name })],
    [t("setup.fact-emergency"), t("setup.fact-emergency-text", { numbers: facts.emergency.join(", ") })],
    [t("setup.fact-numbers"), t("setup.fact-numbers-text", { here: facts.example_here, abroad: facts.example_abroad })],
    [t("setup.fact-holidays"), holiday ? t("setup.fact-holidays-text", { holiday }) : t("setup.fact-no-holidays")],
  ];
  return (
    <dl className={style.facts}>
      {rows.map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
