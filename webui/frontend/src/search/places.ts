// Where there is something to set: the page, what it is called, and how its labels begin.
import type { LabelKey } from "../words/words";

export interface Place {
  path: string;
  title: LabelKey;
  /** Beginnings of the page's labels in the texts; a new label is found by itself. */
  labels: string[];
}

export const PLACES: Place[] = [
  { path: "/phones/people", title: "phones.part-people", labels: ["phones.", "groups.", "switch."] },
  { path: "/phones/setup", title: "phones.part-setup", labels: ["devices.", "account."] },
  { path: "/phones/codes", title: "phones.part-codes", labels: ["codes."] },
  { path: "/phones/dialling", title: "phones.part-dialling", labels: ["dialling.", "linesout.", "cap."] },
  { path: "/incoming/rules", title: "incoming.part-rules", labels: ["incoming."] },
  { path: "/incoming/hours", title: "incoming.part-hours", labels: ["hours.", "closures."] },
  { path: "/incoming/callers", title: "incoming.part-callers", labels: ["callers."] },
  { path: "/flows", title: "nav.flows", labels: ["flows."] },
  { path: "/lines", title: "nav.lines", labels: ["lines.", "line.", "trunks."] },
  { path: "/settings/mailboxes", title: "settings.part-mailboxes", labels: ["mailboxes."] },
  { path: "/settings/recording", title: "settings.part-recording", labels: ["recording."] },
  { path: "/settings/mail", title: "settings.part-mail", labels: ["mail."] },
  { path: "/settings/network", title: "settings.part-network", labels: ["network."] },
  { path: "/settings/people", title: "settings.part-people", labels: ["people.", "person.", "certificate."] },
  { path: "/settings/programs", title: "settings.part-programs", labels: ["webhooks.", "tokens."] },
  { path: "/settings/backup", title: "settings.part-backup", labels: ["backup."] },
  { path: "/settings/bundles", title: "settings.part-bundles", labels: ["bundles."] },
  { path: "/settings/versions", title: "settings.part-versions", labels: ["versions."] },
  { path: "/settings/audit", title: "settings.part-audit", labels: ["audit."] },
  { path: "/settings/sounds", title: "settings.part-sounds", labels: ["sounds."] },
  { path: "/settings/text", title: "settings.part-text", labels: [] },
];
