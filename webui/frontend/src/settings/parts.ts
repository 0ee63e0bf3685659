// The pages below Settings, in the groups one looks for them in. A new page is a line here,
// `settings.part-NAME` and `settings.hint-NAME` in the texts, and its help.
import { type ComponentType, lazy } from "react";

const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load);

export const GROUPS = [
  {
    name: "office",
    parts: [
      { name: "mailboxes", page: page(() => import("../mailboxes/MailboxList")) },
      { name: "recording", page: page(() => import("../recording/RecordingRules")) },
      { name: "mail", page: page(() => import("../mail/MailSettings")) },
      { name: "network", page: page(() => import("../network/NetworkSettings")) },
    ],
  },
  {
    name: "access",
    parts: [
      { name: "people", page: page(() => import("../people/PeopleSettings")) },
      { name: "programs", page: page(() => import("../programs/ProgramsSettings")) },
    ],
  },
  {
    name: "safety",
    parts: [
      { name: "backup", page: page(() => import("../backup/BackupSettings")) },
      { name: "versions", page: page(() => import("./VersionList")) },
      { name: "bundles", page: page(() => import("../bundles/BundlesPage")) },
      { name: "audit", page: page(() => import("./AuditList")) },
    ],
  },
  {
    name: "experts",
    parts: [
      { name: "sounds", page: page(() => import("./SoundUpload")) },
      { name: "text", page: page(() => import("./ConfigEditor")) },
    ],
  },
] as const;

export type Part = (typeof GROUPS)[number]["parts"][number];
export const PARTS: Part[] = GROUPS.flatMap((group) => [...group.parts] as Part[]);
