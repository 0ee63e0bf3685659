// Wording: labels of the page, sentences of the box, dates and numbers, all in one language.
import type { Text } from "../api/client";
import type english from "../texts/en.json";
import type { Language } from "./languages";
import { settingName } from "./settingNames";

type Key = keyof typeof english;
type Stem<K> = K extends `${infer S}_other` ? S : never;
export type LabelKey = Exclude<Key, `${string}_${"one" | "other"}`>;
export type CountKey = Stem<Key>;
export type Values = Record<string, string | number>;
/** Names of the owner's menus are written with hyphens in tipring.toml, and read without. */
const MENU_NAMES = new Set(["flow", "node", "variable", "timetable"]);
type Sentences = Record<string, string>;
type Loaders = Record<string, () => Promise<{ default: Sentences }>>;

const LABELS = import.meta.glob("../texts/*.json") as Loaders;
const DOMAIN = import.meta.glob("@texts/*.json") as Loaders;

export interface Words {
  language: Language;
  /** A label of the page. */
  t: (key: LabelKey, values?: Values) => string;
  /** All labels of the page, for searching in them. */
  labels: Readonly<Record<string, string>>;
  /** A label that counts. */
  count: (key: CountKey, n: number) => string;
  /** A label looked up by a code that may be newer than this page. */
  named: (prefix: string, code: string) => string;
  /** A sentence of the box. */
  word: (text: Text) => string;
  /** Hours and minutes. */
  clock: (iso: string) => string;
  /** To the second. */
  time: (iso: string) => string;
  date: (iso: string) => string;
  moment: (iso: string) => string;
  number: (n: number) => string;
}

export async function loadWords(language: Language): Promise<Words> {
  const [labels, domain] = await Promise.all([sentences(LABELS, language), sentences(DOMAIN, language)]);
  return makeWords(language, labels, domain);
}

async function sentences(loaders: Loaders, language: Language): Promise<Sentences> {
  const path = Object.keys(loaders).find((one) => one.endsWith(`/${language}.json`));
  const load = path === undefined ? undefined : loaders[path];
  return load ? (await load()).default : {};
}

function makeWords(language: Language, labels: Sentences, domain: Sentences): Words {
  const plural = new Intl.PluralRules(language);
  const locale = localeOf(language);
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const clock = new Intl.DateTimeFormat(locale, hour);
  const time = new Intl.DateTimeFormat(locale, { ...hour, second: "2-digit" });
  const date = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const moment = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...hour });
  const number = new Intl.NumberFormat(locale);
  return {
    language,
    labels,
    t: (key, values) => fill(labels[key] ?? key, values),
    count: (key, n) => fill(labels[`${key}_${plural.select(n)}`] ?? key, { n: number.format(n) }),
    named: (prefix, code) => labels[`${prefix}${code}`] ?? code,
    word: (text) => wordText(text, domain, (name, value) => {
      if (name === "key" && text.code.startsWith("change.")) return settingName(String(value), labels);
      if (name === "cause") return labels[`cause.${value}`] ?? String(value);
      if (MENU_NAMES.has(name)) return String(value).replaceAll("-", " ");
      return typeof value === "number" && !Number.isInteger(value) ? number.format(value) : String(value);
    }),
    clock: (iso) => clock.format(new Date(iso)),
    time: (iso) => time.format(new Date(iso)),
    date: (iso) => date.format(new Date(iso)),
    moment: (iso) => moment.format(new Date(iso)),
    number: (n) => number.format(n),
  };
}

/** The reader's own variety of the language, e.g. en-GB: its dates are written another way. */
function localeOf(language: Language): string {
  const family = language.split("-")[0] ?? language;
  return navigator.languages.find((own) => own.split("-")[0] === family) ?? language;
}

function wordText(text: Text, domain: Sentences, shown: (name: string, value: string | number) => string): string {
  const template = domain[text.code];
  const values = Object.entries(text.args ?? {}).map(([name, value]) => [name, shown(name, value)]);
  if (template !== undefined) return fill(template, Object.fromEntries(values));
  return [text.code, ...Object.entries(text.args).map(([name, value]) => `${name}=${value}`)].join(" ");
}

function fill(template: string, values: Values = {}): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** 75 s is "1:15", an hour more is "1:01:15". */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
