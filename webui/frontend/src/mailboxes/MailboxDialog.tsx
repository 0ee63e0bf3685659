// One voicemail box: whose it is, what it says, who gets its messages by e-mail.
import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Check } from "../phones/Check";
import style from "../settings/Forms.module.css";
import { LinesField } from "../settings/LinesField";
import { SaidFields, saidOf } from "../settings/SaidFields";
import { SaveRow } from "../settings/SaveRow";
import { useWords } from "../words/WordsProvider";
import { addMailbox, changeMailbox, type Mailbox, type Mailboxes, type MailboxForm, removeMailbox } from "./api";

interface Props {
  one: Mailbox | null;
  all: Mailboxes;
  close: () => void;
  changed: () => void;
}
const NEW: MailboxForm = {
  name: "",
  extensions: [],
  email: [],
  email_missed: false,
  max_s: 120,
  retention_days: 90,
  pin_on_own_phone: false,
  greeting: {},
  pin: null,
};

export function MailboxDialog({ one, all, close, changed }: Props) {
  const { t } = useWords();
  const [form, setForm] = useState<MailboxForm>(() => (one ? formOf(one) : NEW));
  const change = (part: Partial<MailboxForm>) => setForm((before) => ({ ...before, ...part }));
  const done = () => {
    changed();
    close();
  };
  const saving = useAction(async () => {
    await (one ? changeMailbox(one.id, form) : addMailbox(form));
    done();
  });
  const removing = useAction(async () => {
    if (one === null || !window.confirm(t("mailboxes.remove-sure", { name: one.name || one.id }))) return;
    await removeMailbox(one.id);
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const labels = {
    name: t("mailboxes.name"),
    email: t("mailboxes.email"),
    pin: t("mailboxes.pin"),
    greeting: t("mailboxes.greeting"),
    max_s: t("mailboxes.max-s"),
    retention_days: t("mailboxes.keep-days"),
  };
  return (
    <Modal opened onClose={close} size="lg" title={t(one ? "mailboxes.edit" : "mailboxes.add")}>
      <form onSubmit={submit} className="stack">
        <TextInput
          label={t("mailboxes.name")}
          description={t("mailboxes.name-hint")}
          maxLength={60}
          data-autofocus
          value={form.name ?? ""}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Whose all={all} chosen={form.extensions ?? []} change={(extensions) => change({ extensions })} />
        {!all.mail_set_up && <p className="small dim">{t("mailboxes.no-mail")}</p>}
        <LinesField label={t("mailboxes.email")} hint={t("mailboxes.email-hint")} values={form.email ?? []} change={(email) => change({ email })} />
        <Check
          label={t("mailboxes.missed")}
          hint={t("mailboxes.missed-hint")}
          checked={form.email_missed ?? false}
          change={(email_missed) => change({ email_missed })}
        />
        <SaidFields
          label={t("mailboxes.greeting")}
          hint={t("mailboxes.greeting-hint")}
          languages={all.languages}
          usual={all.usual_greeting}
          said={saidOf(form.greeting ?? {})}
          change={(greeting) => change({ greeting })}
        />
        <TextInput
          type="password"
          inputMode="numeric"
          label={t("mailboxes.pin")}
          description={t(one?.pin_set ? "mailboxes.pin-kept" : "mailboxes.pin-hint")}
          autoComplete="new-password"
          maxLength={12}
          value={form.pin ?? ""}
          onChange={(event) => change({ pin: event.currentTarget.value || null })}
        />
        <div className={style.pair} style={{ gridTemplateColumns: "1fr 1fr" }}>
          <Days label={t("mailboxes.max-s")} hint={t("mailboxes.max-s-hint")} value={form.max_s ?? 120} change={(max_s) => change({ max_s })} />
          <Days
            label={t("mailboxes.keep-days")}
            hint={t("mailboxes.keep-days-hint")}
            value={form.retention_days ?? 90}
            change={(retention_days) => change({ retention_days })}
          />
        </div>
        <SaveRow saving={removing.problem ? { ...saving, problem: removing.problem } : saving} saved={false} labels={labels}>
          {one && (
            <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
              {t("mailboxes.remove")}
            </Button>
          )}
        </SaveRow>
      </form>
    </Modal>
  );
}

function Whose({ all, chosen, change }: { all: Mailboxes; chosen: string[]; change: (chosen: string[]) => void }) {
  const { t } = useWords();
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend style={{ padding: 0 }}>
        <strong className="small">{t("mailboxes.whose")}</strong>
        <div className="small dim">{t("mailboxes.whose-hint")}</div>
      </legend>
      <div className={style.choices}>
        {all.people.map((person) => (
          <Check
            key={person.id}
            label={`${person.id} ${person.name}`}
            checked={chosen.includes(person.id)}
            change={(on) => change(on ? [...chosen, person.id] : chosen.filter((id) => id !== person.id))}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface NumberProps {
  label: string;
  hint: string;
  value: number;
  change: (value: number) => void;
}

export function Days({ label, hint, value, change }: NumberProps) {
  return (
    <TextInput type="number" min={1} label={label} description={hint} value={String(value)} onChange={(event) => change(Number(event.currentTarget.value))} />
  );
}

function formOf(one: Mailbox): MailboxForm {
  const { id: _id, pin_set: _set, ...fields } = one;
  return { ...fields, pin: null, greeting: saidOf(one.greeting) };
}
