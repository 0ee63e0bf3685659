// A key of tipring.toml as a person says it: "Extension · 101 · Rings for", by the labels of the forms. Pure.

type Labels = Readonly<Record<string, string>>;

/** Chapter -> how the labels of its form begin. */
const FORMS: Readonly<Record<string, string[]>> = {
  lines: ["line.", "lines.", "trunks."],
  extensions: ["phones."],
  groups: ["groups.", "phones."],
  mailboxes: ["mailboxes."],
  timetables: ["hours."],
  closures: ["closures."],
  callers: ["callers."],
  toll_guard: ["dialling.", "cap."],
  dial_classes: ["dialling.", "cap."],
  flows: ["flows.field-", "flows."],
  recording: ["recording."],
  mail: ["mail."],
  network: ["network."],
  backup: ["backup."],
  bundle_keys: ["bundles.key-"],
};
/** Keys that only hold others. */
const SILENT = new Set(["nodes"]);

/** The key itself where the page has no name for its chapter. */
export function settingName(key: string, labels: Labels): string {
  const [first = "", ...rest] = key.split(".");
  const chapter = labels[`chapter.${first.replaceAll("_", "-")}`];
  if (chapter === undefined) return key;
  const said = rest.filter((part) => !SILENT.has(part)).map((part) => fieldName(first, part, labels));
  return [chapter, ...said].join(" · ");
}

function fieldName(chapter: string, field: string, labels: Labels): string {
  const starts = FORMS[chapter] ?? [];
  const found = starts
    .flatMap((start) => [labels[start + field], labels[start + field.replaceAll("_", "-")]])
    .find((label) => label !== undefined && !label.includes("{"));
  return found ?? field.replaceAll("_", " ");
}
