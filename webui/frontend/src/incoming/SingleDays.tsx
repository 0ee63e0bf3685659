// Days unlike the week: closed, or open at other hours.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../words/WordsProvider";
import type { Timetable } from "./api";
import style from "./Incoming.module.css";

interface Props {
  hours: Timetable;
  change: (part: Partial<Timetable>) => void;
}

export function SingleDays({ hours, change }: Props) {
  const { t, date } = useWords();
  const [day, setDay] = useState("");
  const closed = hours.closed_on ?? [];
  const own = hours.hours_on ?? [];
  const rest = own.filter((one) => one.day !== day);
  const close = () => change({ closed_on: [...closed.filter((one) => one !== day), day].sort(), hours_on: rest });
  const open = () => change({ hours_on: [...rest, { day, opens: "09:00", closes: "13:00" }], closed_on: closed.filter((one) => one !== day) });
  const edit = (at: number, part: { opens?: string; closes?: string }) => change({ hours_on: own.map((one, here) => (here === at ? { ...one, ...part } : one)) });
  return (
    <fieldset className={style.choices}>
      <legend>{t("hours.single-days")}</legend>
      <span className="small dim">{t("hours.single-days-hint")}</span>
      <ul className={`plain ${style.holidays}`}>
        {closed.map((one) => (
          <li key={one}>
            <span>
              {date(`${one}T12:00`)}: {t("hours.closed")}
            </span>
            <Gone day={date(`${one}T12:00`)} take={() => change({ closed_on: closed.filter((other) => other !== one) })} />
          </li>
        ))}
        {own.map((one, at) => (
          <li key={`${one.day} ${at}`}>
            <span className={style.span}>
              {date(`${one.day}T12:00`)}:
              <input type="time" required aria-label={`${one.day}: ${t("hours.opens")}`} value={one.opens} onChange={(event) => edit(at, { opens: event.currentTarget.value })} />
              –
              <input type="time" required aria-label={`${one.day}: ${t("hours.closes")}`} value={one.closes} onChange={(event) => edit(at, { closes: event.currentTarget.value })} />
            </span>
            <Gone day={date(`${one.day}T12:00`)} take={() => change({ hours_on: own.filter((_, here) => here !== at) })} />
          </li>
        ))}
      </ul>
      <div className={style.days}>
        <input type="date" aria-label={t("hours.day")} value={day} onChange={(event) => setDay(event.currentTarget.value)} />
        <Button size="xs" variant="default" disabled={day === ""} onClick={close}>
          {t("hours.close-day")}
        </Button>
        <Button size="xs" variant="default" disabled={day === ""} onClick={open}>
          {t("hours.other-hours")}
        </Button>
      </div>
    </fieldset>
  );
}

function Gone({ day, take }: { day: string; take: () => void }) {
  const { t } = useWords();
  return (
    <button type="button" className={style.icon} aria-label={t("hours.forget-day", { day })} onClick={take}>
      ×
    </button>
  );
}
