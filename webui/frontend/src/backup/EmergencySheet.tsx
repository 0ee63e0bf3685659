// The sheet of paper that opens the backups: to be printed, or copied by hand, and kept elsewhere.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../words/WordsProvider";
import type { Sheet } from "./api";
import style from "./Backup.module.css";

export function EmergencySheet({ sheet, done }: { sheet: Sheet; done: () => void }) {
  const { t, date } = useWords();
  const [kept, setKept] = useState(false);
  const label = t("backup.sheet-key", { sheet: sheet.number });
  return (
    <div className="stack">
      <p className={style.screen}>{t("backup.once")}</p>
      <article className={`stack ${style.sheet}`}>
        <header>
          <strong>
            {sheet.office} · {t("backup.sheet")}
          </strong>
          <div className="small">{t("backup.sheet-made", { sheet: sheet.number, when: date(sheet.made_at) })}</div>
        </header>
        <ol className={style.groups} aria-label={label}>
          {sheet.key.map((group) => (
            <li key={group} className="mono">
              {group}
            </li>
          ))}
        </ol>
        <div className={style.how}>
          <svg className={style.qr} viewBox={`0 0 ${sheet.qr_size} ${sheet.qr_size}`} role="img" aria-label={t("backup.sheet-qr")} shapeRendering="crispEdges">
            <path d={sheet.qr} fill="#000" />
          </svg>
          <ol className="small">
            <li>{t("backup.sheet-step-1")}</li>
            <li>{t("backup.sheet-step-2")}</li>
            <li>{t("backup.sheet-step-3")}</li>
          </ol>
        </div>
      </article>
      <div className={`stack ${style.screen}`}>
        <label className={style.check}>
          <input type="checkbox" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
          <span>{t("backup.kept")}</span>
        </label>
        <div className="row">
          <Button variant="light" onClick={() => window.print()}>
            {t("backup.print")}
          </Button>
          <Button disabled={!kept} onClick={done}>
            {t("backup.done")}
          </Button>
        </div>
      </div>
    </div>
  );
}
