// The backups in the box: taken to another place, or deleted.
import { ActionIcon, Button } from "@mantine/core";
import { Empty } from "../Empty";
import { Icon } from "../Icon";
import { useSteps } from "../people/useSteps";
import { useWords } from "../words/WordsProvider";
import { type Backup, deleteBackup, download, sizeShown } from "./api";
import style from "./Backup.module.css";

interface Props {
  backups: Backup[];
  /** Number of the sheet that opens those made from now on. */
  sheet: string;
  changed: () => void;
}

export function BackupList({ backups, sheet, changed }: Props) {
  const { t, date, clock, number } = useWords();
  const steps = useSteps();
  const remove = (one: Backup) => {
    if (!window.confirm(t("backup.delete-sure", { when: date(one.made_at) }))) return;
    void steps.run(() => deleteBackup(one.name).then(changed));
  };
  return (
    <section className="stack" aria-labelledby="backup-list">
      <h2 id="backup-list">{t("backup.list")}</h2>
      <p className="dim">{t("backup.list-lead")}</p>
      {steps.note}
      {backups.length === 0 && <Empty title={t("backup.list-none")} />}
      <ul className="plain card">
        {backups.map((one) => (
          <li key={one.name} className={style.backup}>
            <div className="grow">
              <strong>
                {date(one.made_at)}, <span className="number">{clock(one.made_at)}</span>
              </strong>
              <div className="small dim">
                <span className="number">{sizeShown(one.size, number)}</span>
                {one.sheet !== sheet && <span> · {one.sheet === "" ? t("backup.torn") : t("backup.other-sheet", { sheet: one.sheet })}</span>}
              </div>
            </div>
            <Button size="xs" variant="light" onClick={() => void steps.run(() => download(one.name))}>
              {t("backup.download")}
            </Button>
            <ActionIcon variant="subtle" color="ring" size="lg" aria-label={t("backup.delete-of", { when: date(one.made_at) })} onClick={() => remove(one)}>
              <Icon name="trash" />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </section>
  );
}
