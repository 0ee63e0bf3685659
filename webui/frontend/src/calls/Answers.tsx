// What a caller answered to the questions of a form: digits to read, speech to listen to.
import { useEffect, useRef } from "react";
import { useAnswer } from "../api/useAnswer";
import { useWords } from "../words/WordsProvider";
import { answerUrl, type FormAnswer, readAnswerPeaks, readAnswers } from "./answersApi";
import { Player } from "./Player";

const LOOK_AGAIN_MS = 1500;

export function Answers({ callId }: { callId: string }) {
  const { t } = useWords();
  const answers = useAnswer(() => readAnswers(callId), callId);
  const coming = answers.value?.some((one) => one.file?.endsWith(".part")) ?? false;
  const { again } = answers;
  useEffect(() => {
    if (!coming) return;
    const looking = setInterval(again, LOOK_AGAIN_MS);
    return () => clearInterval(looking);
  }, [coming, again]);
  if (!answers.value?.length) return null;
  return (
    <section className="card pad stack" aria-label={t("story.answers")}>
      <h2>{t("story.answers")}</h2>
      {answers.value.map((one) => (
        <Answer key={one.answer_id} answer={one} />
      ))}
    </section>
  );
}

function Answer({ answer }: { answer: FormAnswer }) {
  const { t } = useWords();
  const audio = useRef<HTMLAudioElement>(null);
  return (
    <div className="stack" style={{ gap: 6 }}>
      <strong>{answer.question.replaceAll("_", " ")}</strong>
      {answer.digits != null && <span className="number">{answer.digits}</span>}
      {answer.file?.endsWith(".flac") && <Player audio={audio} url={answerUrl(answer.answer_id)} peaks={() => readAnswerPeaks(answer.answer_id)} />}
      {answer.file?.endsWith(".part") && <span className="dim">{t("story.answer-coming")}</span>}
    </div>
  );
}
