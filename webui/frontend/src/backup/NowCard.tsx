// How the last backup went, when the next one comes, and one now.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../Icon";
import { useSteps } from "../people/useSteps";
import { useWords } from "../words/WordsProvider";
import { type Backups, makeBackup, sizeShown } from "./api";
import style from "./Backup.module.css";

export function NowCard({ backups, changed }: { backups: Backups; changed: () => void }) {
  const { t, number } = useWords();
  const { now } = backups;
  const steps = useSteps();
  const [recordings, setRecordings] = useState(backups.plan.recordings);
  const make = () => void steps.run(() => makeBackup(recordings).then(changed));
  return (
    <section className="card pad stack" aria-labelledby="backup-now">
      <LastOne backups={backups} />
      <div className="row">
        <Button loading={now.running} onClick={make}>
          {t("backup.make")}
        </Button>
        <label className={style.check}>
          <input type="checkbox" checked={recordings} onChange={(event) => setRecordings(event.currentTarget.checked)} />
          <span>{t("backup.with-recordings", { size: sizeShown(now.recordings_size, number) })}</span>
        </label>
      </div>
      {steps.note}
      <p className="small dim">
        {t("backup.room", { size: sizeShown(now.size, number), free: sizeShown(now.free, number) })}
      </p>
    </section>
  );
}

function LastOne({ backups }: { backups: Backups }) {
  const { t, word, moment } = useWords();
  const { last, running, next_at } = backups.now;
  const bad = last !== null && !last.whole;
  const state = running ? "running" : last === null ? "none" : bad ? "failed" : "good";
  return (
    <div className={style.state} data-state={state} role="status">
      <Icon name={bad ? "alarm" : "check"} size={24} />
      <div>
        <h2 id="backup-now">{t(`backup.state-${state}`)}</h2>
        {last && !running && (
          <p>
            <span className="number">{moment(last.at)}</span> · {word(last.text)}
          </p>
        )}
        <p className="small dim">{next_at ? t("backup.next", { when: moment(next_at) }) : t("backup.no-next")}</p>
      </div>
    </div>
  );
}
