// One extension: its number and name, how it is switched, and each phone with its live state.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { HealthMark } from "../lines/HealthMark";
import type { LiveLine } from "../live/state";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type Account, addPhone, type Extension, type OfficePhones, type Phone } from "./api";
import { EditExtension } from "./EditExtension";
import { ExtensionMarks } from "./ExtensionMarks";
import style from "./Phones.module.css";
import { SwitchDialog } from "./SwitchDialog";

interface Props {
  extension: Extension;
  office: OfficePhones;
  changed: () => void;
  show: (account: Account) => void;
}

export function ExtensionCard({ extension, office, changed, show }: Props) {
  const { t } = useWords();
  const [editing, setEditing] = useState(false);
  const [switching, setSwitching] = useState(false);
  const adding = useAction(async () => {
    const { account } = await addPhone(extension.id, "");
    changed();
    if (account) show(account);
  });
  const mailbox = office.mailboxes.find((box) => box.id === extension.voicemail);
  return (
    <article className={`card pad ${style.card}`} aria-label={`${extension.id} ${extension.name}`}>
      <div className={style.head}>
        <span className={`number ${style.id}`}>{extension.id}</span>
        <div className="grow">
          <h2>{extension.name}</h2>
          <ExtensionMarks extension={extension} />
        </div>
      </div>
      <ul className={`plain ${style.phones}`}>
        {extension.phones.map((phone) => (
          <PhoneRow key={phone.line_id} phone={phone} />
        ))}
        {extension.mobile && (
          <li className={style.phone}>
            <span className={style.mobile}>
              <Icon name="phone" size={14} />
            </span>
            <span>
              <span className="number">{extension.mobile}</span>
              <span className="small dim">{t(extension.confirm ? "phones.mobile-confirm" : "phones.mobile-plain")}</span>
            </span>
          </li>
        )}
      </ul>
      <p className="small dim">
        {t(extension.strategy === "all" ? "phones.rings-all" : "phones.rings-in-order", { s: extension.ring_s ?? 20 })}{" "}
        {mailbox ? t("phones.then-voicemail", { mailbox: mailbox.name }) : t("phones.then-nothing")}
      </p>
      <ProblemNote problem={adding.problem} />
      <div className={style.actions}>
        <Button size="xs" variant="default" onClick={() => setEditing(true)}>
          {t("phones.edit")}
        </Button>
        <Button size="xs" variant="default" onClick={() => setSwitching(true)}>
          {t("phones.switch")}
        </Button>
        <Button size="xs" variant="default" loading={adding.busy} onClick={() => void adding.run()}>
          {t("phones.add-phone")}
        </Button>
      </div>
      {switching && <SwitchDialog extension={extension} close={() => setSwitching(false)} />}
      {editing && (
        <EditExtension extension={extension} office={office} close={() => setEditing(false)} changed={changed} show={show} />
      )}
    </article>
  );
}

function PhoneRow({ phone }: { phone: Phone }) {
  const { t } = useWords();
  const { box } = useLive();
  const line = box?.lines.find((one) => one.line.line_id === phone.line_id);
  return (
    <li className={style.phone}>
      <HealthMark health={line?.line.health ?? "absent"} />
      <span>
        <span>{phone.label || phone.line_id}</span>
        <span className="small dim">
          <PhoneState phone={phone} line={line ?? null} />
        </span>
      </span>
      {(line?.calls ?? 0) > 0 && <span className={style.busy}>{t("phones.on-a-call")}</span>}
    </li>
  );
}

/** What it is and where, when it is there; else the one sentence that says why it is not. */
function PhoneState({ phone, line }: { phone: Phone; line: LiveLine | null }) {
  const { t, named, word } = useWords();
  if (phone.driver === "sip" && !phone.secret_set) return t("phones.no-secret");
  if (line === null) return t("phones.not-there");
  const { identity = {}, why, health } = line.line;
  const about = [identity.model, identity.port].filter(Boolean).join(" · ");
  if (health === "ready") return (phone.driver === "sip" && about) || named("health.", health);
  return why ? word(why) : named("health.", health);
}
