// When somebody is there: always, or on these days from then to then.
import { TextInput } from "@mantine/core";
import { useMemo } from "react";
import { Check } from "../phones/Check";
import { useWords } from "../words/WordsProvider";
import type { Answers } from "./api";
import style from "./Setup.module.css";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const A_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const MIDNIGHT = "24:00";

interface Props {
  answers: Answers;
  change: (some: Partial<Answers>) => void;
}

export function HoursField({ answers, change }: Props) {
  const { t } = useWords();
  const days = answers.days ?? [];
  const names = useDayNames();
  const toggle = (day: (typeof DAYS)[number]) => {
    const chosen = DAYS.filter((one) => (one === day ? !days.includes(one) : days.includes(one)));
    if (chosen.length > 0) change({ days: chosen });
  };
  return (
    <fieldset className={style.group}>
      <legend>{t("setup.hours")}</legend>
      <Check label={t("setup.always-open")} checked={answers.always_open ?? false} change={(always_open) => change({ always_open })} />
      {!answers.always_open && (
        <>
          <div className={style.days}>
            {DAYS.map((day, at) => (
              <button key={day} type="button" aria-pressed={days.includes(day)} onClick={() => toggle(day)}>
                {names[at]}
              </button>
            ))}
          </div>
          <div className="row">
            <TextInput type="time" required label={t("setup.opens")} value={answers.opens} onChange={(event) => event.currentTarget.value && change({ opens: event.currentTarget.value })} />
            <TextInput
              type="time"
              required
              label={t("setup.closes")}
              value={answers.closes === MIDNIGHT ? "00:00" : answers.closes}
              onChange={(event) => event.currentTarget.value && change({ closes: event.currentTarget.value })}
            />
          </div>
          <p className="small dim">{t("setup.closed-hint")}</p>
        </>
      )}
    </fieldset>
  );
}

function useDayNames(): string[] {
  const { language } = useWords();
  return useMemo(() => {
    const name = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
    return DAYS.map((_, at) => name.format(A_MONDAY + at * DAY_MS));
  }, [language]);
}
