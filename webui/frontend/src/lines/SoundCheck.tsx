// The sound check: talk on the line and see both levels; one button takes the gains that suit it.
import { Button, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeLine, formOf, type Heard, readLevels, readLine } from "./api";
import style from "./LinesPage.module.css";

const LOOK_EVERY_MS = 700;
const SOFTEST_DBM0 = -60;
const LOUDEST_DBM0 = 3;
const TOO_SOFT_DBM0 = -30;
const TOO_LOUD_DBM0 = -10;

export function SoundCheck({ id, label, close }: { id: string; label: string; close: () => void }) {
  const { t } = useWords();
  const levels = useAnswer(() => readLevels(id), id);
  const [done, setDone] = useState(false);
  const { again } = levels;
  useEffect(() => {
    const looking = setInterval(again, LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [again]);
  const saving = useAction(async (receive_db: number, send_db: number) => {
    const line = await readLine(id);
    await changeLine(id, { ...formOf(line), receive_db, send_db });
    setDone(true);
  });
  const found = levels.value;
  const received = found?.received.suggested_db ?? found?.received.gain_db ?? 0;
  const sent = found?.sent.suggested_db ?? found?.sent.gain_db ?? 0;
  const differs = found && (received !== found.received.gain_db || sent !== found.sent.gain_db);
  return (
    <Modal opened onClose={close} title={t("sound.title", { line: label })}>
      <div className="stack">
        <p>{t("sound.lead")}</p>
        <ProblemNote problem={levels.problem ?? saving.problem} />
        {found && !found.talking && <p role="status">{t("sound.no-call")}</p>}
        {found?.talking && (
          <>
            <Level label={t("sound.received")} heard={found.received} />
            <Level label={t("sound.sent")} heard={found.sent} />
            {differs ? (
              <Button loading={saving.busy} onClick={() => void saving.run(received, sent)} style={{ justifySelf: "start" }}>
                {t("sound.use", { received: signed(received), sent: signed(sent) })}
              </Button>
            ) : (
              <p role="status">{t(found.received.suggested_db === null ? "sound.talk-on" : done ? "sound.done" : "sound.fine")}</p>
            )}
          </>
        )}
      </div>
    </Modal>
  );
}

function Level({ label, heard }: { label: string; heard: Heard }) {
  const { t, number } = useWords();
  const shown = heard.now_dbm0 ?? SOFTEST_DBM0;
  const percent = Math.max(0, Math.min(100, (100 * (shown - SOFTEST_DBM0)) / (LOUDEST_DBM0 - SOFTEST_DBM0)));
  const speech = heard.speech_dbm0 ?? null;
  const verdict = speech === null ? "sound.no-speech" : speech < TOO_SOFT_DBM0 ? "sound.soft" : speech > TOO_LOUD_DBM0 ? "sound.loud" : "sound.good";
  return (
    <div>
      <div className="row spread small">
        <strong>{label}</strong>
        <span className="number">{heard.now_dbm0 === null || heard.now_dbm0 === undefined ? "–" : `${number(heard.now_dbm0)} dBm0`}</span>
      </div>
      <div className={style.level} role="meter" aria-label={label} aria-valuemin={SOFTEST_DBM0} aria-valuemax={LOUDEST_DBM0} aria-valuenow={shown}>
        <span style={{ width: `${percent}%` }} />
      </div>
      <div className="small dim">
        {t(verdict)}
        {speech !== null && ` (${number(speech)} dBm0)`} · {t("sound.gain-now", { gain: signed(heard.gain_db) })}
      </div>
    </div>
  );
}

const signed = (db: number): string => `${db > 0 ? "+" : ""}${db} dB`;
