// Finds pages and fields by their labels and help lines in the reader's language. Pure.
import { PLACES, type Place } from "./places";

export interface Found {
  path: string;
  page: string;
  /** Of a field; the page itself has none. */
  label?: string;
  hint: string;
}
type Labels = Readonly<Record<string, string>>;

const MOST = 12;
const LONGEST_LABEL = 60;
/** Labels that answer or ask, not those of a field. */
const NO_FIELD = /-(hint|kept|sure|lead|none|done|running|title)$|_(zero|one|two|few|many|other)$/;

export function find(query: string, labels: Labels): Found[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return PLACES.flatMap((place) => entriesOf(place, labels))
    .map((one) => ({ one, rank: rankOf(one, words) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map(({ one }) => one);
}

function entriesOf(place: Place, labels: Labels): Found[] {
  const page = labels[place.title] ?? place.path;
  const part = place.path.split("/")[2];
  const whole: Found = { path: place.path, page, hint: labels[`settings.hint-${part}`] ?? "" };
  const fields = Object.entries(labels)
    .filter(([key, label]) => isField(place, key, label))
    .map(([key, label]) => ({ path: place.path, page, label, hint: withoutPlaces(labels[`${key}-hint`] ?? "") }));
  const seen = new Set<string>();
  return [whole, ...fields.filter(({ label }) => !seen.has(label) && seen.add(label))];
}

function isField(place: Place, key: string, label: string): boolean {
  return place.labels.some((start) => key.startsWith(start)) && !NO_FIELD.test(key) && !label.includes("{") && label.length <= LONGEST_LABEL;
}

/** All words must be there; a label that begins with them comes first, a page before its fields. */
function rankOf(one: Found, words: string[]): number {
  const name = plain(one.label ?? one.page);
  const all = `${name} ${plain(one.hint)} ${plain(one.page)}`;
  if (!words.every((word) => all.includes(word))) return Infinity;
  const starts = name.startsWith(words.join(" ")) ? 0 : words.every((word) => name.includes(word)) ? 2 : 4;
  return starts + (one.label === undefined ? 0 : 1);
}

/** Without capitals and accents: who types "gravacao" finds "Gravação". */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[łŁ]/g, "l").toLowerCase();
}

function withoutPlaces(hint: string): string {
  return hint.replace(/\{\w+\}/g, "…");
}
