// A call's story: what happened, when. A click on a step plays the recording from there.
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import type { StoryStep } from "./api";
import { useNames } from "./names";
import style from "./Timeline.module.css";

interface Props {
  began: string;
  steps: StoryStep[];
  heardMs?: number | null;
  jump?: (ms: number) => void;
}

export function Timeline({ began, steps, heardMs = null, jump }: Props) {
  const { t, word, time } = useWords();
  const names = useNames();
  const sentence = ({ what }: StoryStep) => word(names.told(what));
  const current = heardMs === null ? -1 : steps.findLastIndex((step) => step.at_ms <= heardMs);
  return (
    <section className="card pad" aria-label={t("story.steps")}>
      <h2 className={style.title}>{t("story.steps")}</h2>
      {steps.length === 0 && <p className="dim">{t("story.no-steps")}</p>}
      <ol className={`plain ${style.steps}`}>
        {steps.map((step, at) => (
          <li key={at} aria-current={at === current ? "step" : undefined}>
            <span className={`number small dim ${style.time}`} title={time(new Date(Date.parse(began) + step.at_ms).toISOString())}>
              {clockTime(step.at_ms / 1000)}
            </span>
            {jump ? (
              <button type="button" className={style.jump} onClick={() => jump(step.at_ms)}>
                {sentence(step)}
              </button>
            ) : (
              <span>{sentence(step)}</span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
