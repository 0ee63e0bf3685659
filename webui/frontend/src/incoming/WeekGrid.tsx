// The week, a row a day: open or closed, from when to when, with a break where there is one.
import { useWords } from "../words/WordsProvider";
import type { Day } from "./api";
import { DAYS, dayName, type Span, type Week } from "./days";
import style from "./Incoming.module.css";

const USUAL: Span = { opens: "09:00", closes: "17:00" };
const AFTERNOON: Span = { opens: "14:00", closes: "18:00" };
const WORKDAYS: Day[] = ["tue", "wed", "thu", "fri"];

export function WeekGrid({ week, change }: { week: Week; change: (week: Week) => void }) {
  const { t, language } = useWords();
  const put = (day: Day, spans: Span[]) => change({ ...week, [day]: spans });
  const copyMonday = () => change({ ...week, ...Object.fromEntries(WORKDAYS.map((day) => [day, week.mon])) });
  return (
    <fieldset className={style.choices}>
      <legend>{t("hours.week")}</legend>
      <div>
        {DAYS.map((day) => (
          <DayRow key={day} name={dayName(day, language)} spans={week[day]} change={(spans) => put(day, spans)} />
        ))}
      </div>
      {week.mon.length > 0 && (
        <button type="button" className={style.link} onClick={copyMonday}>
          {t("hours.copy-monday", { day: dayName("mon", language), last: dayName("fri", language) })}
        </button>
      )}
    </fieldset>
  );
}

function DayRow({ name, spans, change }: { name: string; spans: Span[]; change: (spans: Span[]) => void }) {
  const { t } = useWords();
  const edit = (at: number, part: Partial<Span>) => change(spans.map((one, here) => (here === at ? { ...one, ...part } : one)));
  return (
    <div className={style.day}>
      <label className="row" style={{ minHeight: 36 }}>
        <input type="checkbox" checked={spans.length > 0} onChange={(event) => change(event.currentTarget.checked ? [USUAL] : [])} />
        <span>{name}</span>
      </label>
      <div className={style.spans}>
        {spans.length === 0 && <span className={style.closed}>{t("hours.closed")}</span>}
        {spans.map((span, at) => (
          <div key={at} className={style.span}>
            <TimeField label={`${name}: ${t("hours.opens")}`} value={span.opens} change={(opens) => edit(at, { opens })} />
            <span>–</span>
            <TimeField label={`${name}: ${t("hours.closes")}`} value={span.closes} change={(closes) => edit(at, { closes })} />
            {at > 0 && (
              <button type="button" className={style.icon} aria-label={`${name}: ${t("hours.no-break")}`} onClick={() => change(spans.filter((_, here) => here !== at))}>
                ×
              </button>
            )}
          </div>
        ))}
        {spans.length === 1 && (
          <button type="button" className={style.link} aria-label={`${name}: ${t("hours.add-break")}`} onClick={() => change([...spans, AFTERNOON])}>
            {t("hours.add-break")}
          </button>
        )}
      </div>
    </div>
  );
}

/** A text field and not a clock: 24:00 is an hour here, and every browser shows it alike. */
function TimeField({ label, value, change }: { label: string; value: string; change: (value: string) => void }) {
  return (
    <input
      className="mantine-Input-input"
      style={{ height: 36, padding: "0 10px", border: "1px solid var(--line)", borderRadius: 8, background: "var(--card)", color: "var(--ink)" }}
      aria-label={label}
      value={value}
      required
      pattern="([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
      placeholder="09:00"
      inputMode="numeric"
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={(event) => change(asClock(event.currentTarget.value))}
    />
  );
}

/** "9" and "930" and "9.30" become 09:00 and 09:30. */
function asClock(typed: string): string {
  const [, hours, minutes] = /^\s*(\d{1,2})(?:[:.h]?(\d{2}))?\s*$/.exec(typed) ?? [];
  return hours === undefined ? typed : `${hours.padStart(2, "0")}:${minutes ?? "00"}`;
}
