// What the office is called, and whose clock it lives by.
import { NativeSelect, TextInput } from "@mantine/core";
import { useAnswer } from "../api/useAnswer";
import { useWords } from "../words/WordsProvider";
import { readCountry } from "./api";
import type { StepProps } from "./SetupPage";
import { StepButtons } from "./StepButtons";

export function OfficeStep({ view, setup }: StepProps) {
  const { t, language } = useWords();
  const { office, timezone, country } = setup.answers;
  const facts = useAnswer(() => readCountry(country), `${country} ${language}`);
  const usual = t("setup.office-usual");
  const near = facts.value?.zones ?? [];
  const far = view.zones.filter((zone) => zone.includes("/") && !near.includes(zone) && zone !== timezone);
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: timezone });
  const rename = (typed: string) => setup.change({ office: typed });
  const next = () => {
    if (office.trim() === "") setup.change({ office: usual });
    setup.next();
  };
  return (
    <>
      <TextInput
        label={t("setup.office")}
        description={t("setup.office-hint")}
        placeholder={usual}
        maxLength={60}
        value={setup.isNamed ? office : ""}
        onChange={(event) => rename(event.currentTarget.value)}
        data-autofocus
      />
      <NativeSelect
        label={t("setup.zone")}
        description={t("setup.zone-hint", { time: clock.format(new Date()) })}
        value={timezone}
        onChange={(event) => setup.change({ timezone: event.currentTarget.value })}
        data={[
          { group: t("setup.zones-near"), items: near.includes(timezone) ? near : [timezone, ...near] },
          { group: t("setup.zones-far"), items: far },
        ]}
      />
      <StepButtons setup={setup} onNext={next} />
    </>
  );
}
