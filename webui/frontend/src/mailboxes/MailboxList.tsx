// The office's voicemail boxes: whose they are, and where their messages go.
import { Button, Loader } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { useLive } from "../live/useLive";
import style from "../settings/Forms.module.css";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { listMailboxes, type Mailbox, type Mailboxes } from "./api";
import { MailboxDialog } from "./MailboxDialog";

export default function MailboxList() {
  const { t } = useWords();
  const { box } = useLive();
  const all = useAnswer(listMailboxes, String(box?.config_version ?? 0));
  const [editing, setEditing] = useState<Mailbox | "new" | null>(null);
  const boxes = all.value?.mailboxes ?? [];
  return (
    <>
      <div className="row spread">
        <p className="dim grow">{t("mailboxes.lead")}</p>
        <Button disabled={all.value === null} onClick={() => setEditing("new")}>
          {t("mailboxes.add")}
        </Button>
      </div>
      <ProblemNote problem={all.problem} again={all.again} />
      {all.value === null && all.loading && <Loader color="tip" />}
      {all.value && boxes.length === 0 && <Empty title={t("mailboxes.none")} />}
      {all.value && boxes.length > 0 && (
        <ul className="plain card">
          {boxes.map((one, at) => (
            <li key={one.id} className={at > 0 ? style.entry : "pad"}>
              <Row one={one} all={all.value as Mailboxes} edit={() => setEditing(one)} />
            </li>
          ))}
        </ul>
      )}
      {all.value && editing && (
        <MailboxDialog one={editing === "new" ? null : editing} all={all.value} close={() => setEditing(null)} changed={all.again} />
      )}
    </>
  );
}

function Row({ one, all, edit }: { one: Mailbox; all: Mailboxes; edit: () => void }) {
  const { t } = useWords();
  const name = one.name || one.id;
  const people = one.extensions.map((id) => all.people.find((person) => person.id === id)?.name || id);
  const kind = people.length === 0 ? "mailboxes.flows-only" : people.length === 1 ? "mailboxes.personal" : "mailboxes.team";
  return (
    <div className="row spread">
      <div className="grow">
        <strong>{name}</strong>
        <div className="small dim">{t(kind, { people: people.join(", ") })}</div>
        {(one.email ?? []).length > 0 && <div className="small dim">{t("mailboxes.to", { addresses: (one.email ?? []).join(", ") })}</div>}
      </div>
      <Button size="xs" variant="default" onClick={edit} aria-label={`${t("phones.edit")}: ${name}`}>
        {t("phones.edit")}
      </Button>
    </div>
  );
}
