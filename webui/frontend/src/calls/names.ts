// What people call the things a call's record names by id: lines, people, groups, mailboxes.
import type { Text } from "../api/client";
import { useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { type OfficeNames, readNames } from "./api";

/** Place of a sentence -> the table its value is looked up in. */
const TABLES: Record<string, keyof OfficeNames> = {
  line: "lines",
  extension: "extensions",
  by: "extensions",
  to: "extensions",
  number: "extensions",
  group: "groups",
  mailbox: "mailboxes",
};

export interface Names {
  line: (id: string) => string;
  /** Somebody of the office, or the number as it is. */
  person: (number: string) => string;
  people: [string, string][];
  lines: [string, string][];
  told: (text: Text) => Text;
}

/** The names of the live configuration; until they have come, ids stand for themselves. */
export function useNames(): Names {
  const { box } = useLive();
  const names = useAnswer(readNames, String(box?.config_version ?? "")).value;
  const look = (table: keyof OfficeNames | undefined, id: string) => (table && names?.[table][id]) || id;
  return {
    line: (id) => look("lines", id),
    person: (number) => look("extensions", number),
    people: Object.entries(names?.extensions ?? {}),
    lines: Object.entries(names?.lines ?? {}),
    told: (text) => ({
      ...text,
      args: Object.fromEntries(
        Object.entries(text.args ?? {}).map(([name, value]) => [
          name,
          typeof value === "string" ? look(TABLES[name], value) : value,
        ]),
      ),
    }),
  };
}
