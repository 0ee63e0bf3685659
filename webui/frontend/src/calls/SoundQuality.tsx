// How the sound of a SIP leg fared: a word, and the figures behind it.
import { useWords } from "../words/WordsProvider";
import type { CallStory } from "./api";
import style from "./CallFacts.module.css";

/** Least score of the E-model for each word (ITU-T G.109). */
const WORDS = [
  [4.0, "very-good"],
  [3.6, "good"],
  [3.1, "fair"],
  [0, "bad"],
] as const;

export function SoundQuality({ leg }: { leg: CallStory["legs"][number] }) {
  const { t, named, number } = useWords();
  const { mos, lost_percent, jitter_ms, round_trip_ms } = leg;
  if (mos === null || mos === undefined) return null;
  const rating = WORDS.find(([least]) => mos >= least)?.[1] ?? "bad";
  const rounded = (value: number, places = 0) => number(Number(value.toFixed(places)));
  return (
    <span className={style.quality} data-rating={rating}>
      <strong>{named("quality.", rating)}</strong> {t("quality.mos", { mos: rounded(mos, 1) })} ·{" "}
      {t("quality.lost", { percent: rounded(lost_percent ?? 0, 1) })} · {t("quality.jitter", { ms: rounded(jitter_ms ?? 0) })}
      {round_trip_ms !== null && round_trip_ms !== undefined && ` · ${t("quality.round-trip", { ms: rounded(round_trip_ms) })}`}
    </span>
  );
}
