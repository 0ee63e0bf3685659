// What waits to be sent, what the last try came to, and what was given up.
import { useEffect } from "react";
import { useAnswer } from "../api/useAnswer";
import style from "../settings/Forms.module.css";
import { useWords } from "../words/WordsProvider";
import { readOutbox } from "./api";

const LOOK_EVERY_MS = 5_000;

export function OutboxCard() {
  const { t, count, word, moment } = useWords();
  const outbox = useAnswer(readOutbox, "");
  const { again } = outbox;
  useEffect(() => {
    const looking = setInterval(again, LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [again]);
  const letters = outbox.value?.letters ?? [];
  return (
    <section className="card" aria-label={t("mail.outbox")}>
      <div className="pad">
        <h2>{t("mail.outbox")}</h2>
        <p className="dim">{count("mail.waiting", outbox.value?.waiting ?? 0)}</p>
      </div>
      {letters.length > 0 && (
        <ul className="plain">
          {letters.map((letter) => (
            <li key={letter.letter_id} className={style.entry}>
              <div className="row spread">
                <strong>{letter.subject}</strong>
                <span className="small dim number">{moment(letter.queued_at)}</span>
              </div>
              <div className="small dim">{letter.to.join(", ")}</div>
              {letter.given_up && <div className={style.bad}>{t("mail.given-up")}</div>}
              {letter.fault && <div className="small">{word(letter.fault)}</div>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
