// What is typed into a phone, shown this once: to copy by hand, or to print.
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../Icon";
import { useWords } from "../words/WordsProvider";
import type { Account } from "./api";
import style from "./Phones.module.css";

export function AccountSheet({ account, close }: { account: Account; close: () => void }) {
  const { t } = useWords();
  const rows: [string, string][] = [
    [t("account.server"), account.server],
    [t("account.port"), String(account.port)],
    [t("account.transport"), account.transport ?? ""],
    [t("account.user"), account.user],
    [t("account.password"), account.secret],
    [t("account.codecs"), account.codecs ?? ""],
    [t("account.dtmf"), account.dtmf ?? ""],
  ];
  return (
    <Modal opened onClose={close} closeOnClickOutside={false} title={t("account.title", { name: account.name })} size="lg">
      <div className="stack" id="sheet">
        <p>{t("account.lead")}</p>
        <p className={style.once} role="note">
          <Icon name="alarm" size={18} />
          {t("account.once")}
        </p>
        <dl className={style.sheet}>
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono">{value}</dd>
              <CopyButton name={name} value={value} />
            </div>
          ))}
        </dl>
        {account.qr && (
          <div className={`${style.qr} ${style.unprinted}`}>
            <svg viewBox={`0 0 ${account.qr_side} ${account.qr_side}`} role="img" aria-label={t("account.qr")} shapeRendering="crispEdges">
              <path d={account.qr} fill="#000" />
            </svg>
            <p className="small dim">{t("account.qr-hint")}</p>
          </div>
        )}
        <div className={`row ${style.unprinted}`}>
          <Button onClick={close}>{t("account.done")}</Button>
          <Button variant="default" onClick={() => window.print()}>
            {t("account.print")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

/** Copying needs a secure page; elsewhere the value is marked so that the keyboard can copy it. */
function CopyButton({ name, value }: { name: string; value: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  if (!window.isSecureContext) return null;
  const copy = () => void navigator.clipboard.writeText(value).then(() => setCopied(true));
  return (
    <button type="button" className={`${style.copy} ${style.unprinted}`} onClick={copy} aria-label={t("account.copy", { name })}>
      <Icon name={copied ? "check" : "copy"} size={16} />
    </button>
  );
}
