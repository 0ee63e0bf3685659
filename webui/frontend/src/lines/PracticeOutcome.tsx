// What the practice caller met with.
import { Link } from "../Link";
import { useWords } from "../words/WordsProvider";
import type { CallOutcome } from "./api";
import style from "./LinesPage.module.css";

export function PracticeOutcome({ outcome }: { outcome: CallOutcome }) {
  const { t, named, number } = useWords();
  const facts: [string, string][] = [
    [t("practice.rang"), t("practice.seconds", { s: number(outcome.ring_s) })],
    [t("practice.talked"), t("practice.seconds", { s: number(outcome.talk_s) })],
    [t("practice.digits-heard"), outcome.digits_heard || "–"],
    [t("practice.tones-heard"), outcome.tones_heard.join(", ") || "–"],
    [t("story.cause"), outcome.cause ? named("cause.", String(outcome.cause)) : "–"],
  ];
  return (
    <section className={style.finding} data-failed={!outcome.answered || undefined} role="status">
      <strong>{t(outcome.answered ? "practice.answered" : "practice.not-answered")}</strong>
      <dl className={style.identity} style={{ margin: "8px 0" }}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details className="small">
        <summary>{t("practice.events")}</summary>
        <ol className="plain">
          {outcome.events.map((event, at) => (
            <li key={at}>
              <span className="number dim">{number(event.at_s)} s</span> {event.what}
            </li>
          ))}
        </ol>
      </details>
      <Link href={outcome.call_id ? `/calls/${outcome.call_id}` : "/calls"} className="small">
        {t("practice.to-calls")}
      </Link>
    </section>
  );
}
