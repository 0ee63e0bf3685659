// The country's holidays of a year, by name; each can be worked all the same.
import { useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { readHolidays, type Timetable } from "./api";
import style from "./Incoming.module.css";

interface Props {
  hours: Timetable;
  change: (part: Partial<Timetable>) => void;
}

export function HolidayList({ hours, change }: Props) {
  const { t, date } = useWords();
  const [year, setYear] = useState(new Date().getFullYear());
  const found = useAnswer(() => readHolidays(year, hours.region ?? null), `${year} ${hours.region ?? ""}`);
  const worked = new Set(hours.open_on ?? []);
  const open = (day: string, on: boolean) => change({ open_on: on ? [...worked, day].sort() : [...worked].filter((one) => one !== day) });
  return (
    <fieldset className={style.choices}>
      <legend className="row">
        {t("hours.holidays", { year })}
        {[year - 1, year + 1].map((other) => (
          <button key={other} type="button" className={style.link} onClick={() => setYear(other)}>
            {other}
          </button>
        ))}
      </legend>
      <ProblemNote problem={found.problem} again={found.again} />
      {found.value?.holidays.length === 0 && <p className="small dim">{t("hours.no-holidays")}</p>}
      <ul className={`plain ${style.holidays}`}>
        {found.value?.holidays.map(({ day, name }) => (
          <li key={day}>
            <span>
              <strong>{name}</strong> <span className="small dim">{date(`${day}T12:00`)}</span>
            </span>
            <label className="small row">
              <input type="checkbox" checked={worked.has(day)} onChange={(event) => open(day, event.currentTarget.checked)} aria-label={`${name}: ${t("hours.work-then")}`} />
              {t("hours.work-then")}
            </label>
          </li>
        ))}
      </ul>
      {found.value && found.value.worked.length > 0 && (
        <p className="small dim">{t("hours.moved", { days: found.value.worked.map((day) => date(`${day}T12:00`)).join("; ") })}</p>
      )}
    </fieldset>
  );
}
