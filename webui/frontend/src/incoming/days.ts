// Days and hours as the forms show them: a week as rows, one row a day.
import type { Day, Timetable } from "./api";

export interface Span {
  opens: string;
  closes: string;
}
export type Week = Record<Day, Span[]>;

export const DAYS: Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONDAY_UTC = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

export function weekOf(hours: Timetable): Week {
  const week = Object.fromEntries(DAYS.map((day) => [day, [] as Span[]])) as Week;
  for (const { days, opens, closes } of hours.weekly ?? []) {
    for (const day of days) week[day].push({ opens, closes });
  }
  for (const day of DAYS) week[day].sort((one, other) => one.opens.localeCompare(other.opens));
  return week;
}

/** Days with the same hours become one line of tipring.toml. */
export function weeklyOf(week: Week): Timetable["weekly"] {
  const together = new Map<string, { days: Day[]; opens: string; closes: string }>();
  for (const day of DAYS) {
    for (const { opens, closes } of week[day]) {
      const key = `${opens} ${closes}`;
      together.set(key, { days: [...(together.get(key)?.days ?? []), day], opens, closes });
    }
  }
  return [...together.values()];
}

/** The day's name in the reader's language. */
export function dayName(day: Day, language: string): string {
  const at = new Date(MONDAY_UTC + DAYS.indexOf(day) * DAY_MS);
  return new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(at);
}

/** "mon to fri 09:00–17:00" as the reader's language has it, one part a line of hours. */
export function weekWords(hours: Timetable, language: string): string[] {
  const short = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
  const name = (day: Day) => short.format(new Date(MONDAY_UTC + DAYS.indexOf(day) * DAY_MS));
  return (hours.weekly ?? []).map(({ days, opens, closes }) => `${days.map(name).join(", ")} ${opens}–${closes}`);
}

/** Now, as a field for day and time wants it. */
export function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
