// The head of a call's story: the two ends, the times, what became of it, the legs.
import { Icon } from "../Icon";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import type { CallStory } from "./api";
import style from "./CallFacts.module.css";
import { useNames } from "./names";
import { SoundQuality } from "./SoundQuality";

export function CallFacts({ story }: { story: CallStory }) {
  const { t, named, date, time } = useWords();
  const names = useNames();
  const { call, legs } = story;
  const talked = seconds(call.answered_at, call.ended_at);
  const facts: [string, string | null][] = [
    [t("story.when"), `${date(call.began_at)}, ${time(call.began_at)}`],
    [t("story.became"), named("disposition.", call.disposition ?? "live")],
    [t("story.waited"), clockOf(seconds(call.began_at, call.answered_at ?? call.ended_at))],
    [t("story.talked"), clockOf(talked)],
    [t("story.who-talked"), call.extension ? names.person(call.extension) : null],
    [t("calls.line"), call.line_id ? names.line(call.line_id) : null],
    [t("story.cause"), call.cause ? named("cause.", String(call.cause)) : null],
  ];
  return (
    <section className="card pad stack" aria-label={t("story.facts")}>
      <div className={style.ends}>
        <Icon name={call.incoming ? "incoming" : "outgoing"} size={22} />
        <strong className="number">{call.calling_name ?? (call.calling ? names.person(call.calling) : t("call.withheld"))}</strong>
        <span className="dim">→</span>
        <strong className="number">{call.called ? names.person(call.called) : t("now.the-office")}</strong>
      </div>
      <dl className={style.facts}>
        {facts.map(
          ([label, value]) =>
            value && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {(legs.length > 1 || legs.some((leg) => leg.mos)) && (
        <ul className={`plain small ${style.legs}`}>
          {legs.map((leg) => (
            <li key={leg.leg_id}>
              <span className="dim">{named("side.", leg.side)}</span>
              <span className="number">{leg.extension ? names.person(leg.extension) : leg.name ?? leg.number ?? t("call.withheld")}</span>
              <span className="dim">{leg.line_id && names.line(leg.line_id)}</span>
              <span className="number">
                {clockTime(leg.began_ms / 1000)}–{leg.ended_ms === null || leg.ended_ms === undefined ? "" : clockTime(leg.ended_ms / 1000)}
              </span>
              <span className="dim">{leg.cause ? named("cause.", String(leg.cause)) : ""}</span>
              <SoundQuality leg={leg} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function seconds(from: string | null | undefined, to: string | null | undefined): number | null {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null;
}

const clockOf = (value: number | null) => (value === null ? null : clockTime(value));
