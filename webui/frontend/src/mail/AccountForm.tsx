// Server, user, password and sender as the provider tells them, and a letter to try them with.
import { NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { LinesField } from "../settings/LinesField";
import { SaveRow } from "../settings/SaveRow";
import style from "../settings/Forms.module.css";
import { useWords } from "../words/WordsProvider";
import { changeMail, type MailForm, type MailSettings } from "./api";
import { TryAccount } from "./TryAccount";

const USUAL_PORT = { tls: 465, starttls: 587, none: 25 } as const;
const SECURITY = ["starttls", "tls", "none"] as const;

export function AccountForm({ mail }: { mail: MailSettings }) {
  const { t } = useWords();
  const { password_set, ...kept } = mail;
  const [form, setForm] = useState<MailForm>({ ...kept, password: null });
  const [saved, setSaved] = useState(false);
  const change = (part: Partial<MailForm>) => {
    setSaved(false);
    setForm((before) => ({ ...before, ...part }));
  };
  const saving = useAction(async () => {
    await changeMail(form);
    setSaved(true);
  });
  const labels = useMailLabels();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const security = form.security ?? "starttls";
  const text = (key: "server" | "user" | "sender", type = "text") => (
    <TextInput
      type={type}
      label={t(`mail.${key}`)}
      description={t(`mail.${key}-hint`)}
      value={form[key] ?? ""}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      onChange={(event) => change({ [key]: event.currentTarget.value.trim() || null })}
    />
  );
  return (
    <div className={style.columns}>
      <form onSubmit={submit} className="card pad stack" aria-label={t("mail.account")}>
        <h2>{t("mail.account")}</h2>
        {text("sender", "email")}
        {text("server")}
        <div className={style.pair}>
          <NativeSelect
            label={t("mail.security")}
            description={t("mail.security-hint")}
            value={security}
            onChange={(event) => change({ security: event.currentTarget.value as MailForm["security"] })}
            data={SECURITY.map((value) => ({ value, label: t(`mail.security-${value}`) }))}
          />
          <TextInput
            type="number"
            min={1}
            max={65535}
            label={t("mail.port")}
            description={t("mail.port-hint")}
            placeholder={String(USUAL_PORT[security])}
            value={form.port === null || form.port === undefined ? "" : String(form.port)}
            onChange={(event) => change({ port: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}
          />
        </div>
        {text("user")}
        <TextInput
          type="password"
          label={t("mail.password")}
          description={t(password_set ? "mail.password-kept" : "mail.password-hint")}
          value={form.password ?? ""}
          autoComplete="new-password"
          onChange={(event) => change({ password: event.currentTarget.value || null })}
        />
        <LinesField
          label={t("mail.missed")}
          hint={t("mail.missed-hint")}
          values={form.missed_calls ?? []}
          change={(missed_calls) => change({ missed_calls })}
        />
        <SaveRow saving={saving} saved={saved} labels={labels} />
      </form>
      <TryAccount form={form} labels={labels} />
    </div>
  );
}

function useMailLabels(): Record<string, string> {
  const { t } = useWords();
  return {
    server: t("mail.server"),
    port: t("mail.port"),
    security: t("mail.security"),
    user: t("mail.user"),
    password: t("mail.password"),
    sender: t("mail.sender"),
    mail: t("mail.account"),
    missed_calls: t("mail.missed"),
    to: t("mail.try-to"),
  };
}
