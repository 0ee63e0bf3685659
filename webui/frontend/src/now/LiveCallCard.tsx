// A call in progress: who, where in the office's flow, since when, on which legs; and ending it.
import { Button } from "@mantine/core";
import { useAction } from "../api/useAnswer";
import { clearCall } from "../calls/api";
import { Icon } from "../Icon";
import { Link } from "../Link";
import type { LiveCall, LiveLine } from "../live/state";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import style from "./LiveCallCard.module.css";
import { Wire } from "./Wire";

interface Props {
  call: LiveCall;
  lines: LiveLine[];
  now: number;
}

export function LiveCallCard({ call, lines, now }: Props) {
  const { t, named, word } = useWords();
  const clearing = useAction(() => clearCall(call.call_id));
  const party = (leg: LiveCall["legs"][number]) =>
    leg.name ?? leg.number ?? (leg.side === "office" ? label(leg.line_id) : t("call.withheld"));
  const label = (id: string) => lines.find((line) => line.line.line_id === id)?.label || id;
  const office = call.legs.filter((leg) => leg.side === "office");
  const inside = office.map(party).join(", ");
  const near = call.where ? word(call.where) : inside || call.called || t("now.the-office");
  const seconds = (now - Date.parse(call.began_at)) / 1000;
  const far = (call.incoming ? call.calling : call.called) ?? t("call.withheld");
  return (
    <article className={`card pad ${style.call}`} aria-label={`${far}, ${named("phase.", call.phase)}`}>
      <div className={style.parties}>
        <span className={style.far}>
          <Icon name={call.incoming ? "incoming" : "outgoing"} size={18} />
          <strong className="number">{far}</strong>
        </span>
        <Wire phase={call.phase} />
        <span className={style.near}>{call.phase === "talking" && inside ? inside : near}</span>
      </div>
      <div className="row small">
        <span className={style.phase} data-phase={call.phase}>
          {named("phase.", call.phase)}
        </span>
        <span className="number" role="timer">
          {clockTime(seconds)}
        </span>
        {call.line_id && <span className="dim">{label(call.line_id)}</span>}
        {call.recording && (
          <span className={style.recording}>
            <Icon name="record" size={14} />
            {t("call.recording")}
          </span>
        )}
      </div>
      {call.legs.length > 0 && (
        <ul className={`plain small ${style.legs}`}>
          {call.legs.map((leg) => (
            <li key={leg.leg_id}>
              <span className="dim">{named("side.", leg.side)}</span>
              <span className="number">{party(leg)}</span>
              {party(leg) !== label(leg.line_id) && (
                <span className={`dim ${style.where}`}>{label(leg.line_id)}</span>
              )}
              <span className={style.state}>{named("leg.", leg.state)}</span>
            </li>
          ))}
        </ul>
      )}
      <ProblemNote problem={clearing.problem} />
      <div className="row spread">
        <Link href={`/calls/${call.call_id}`} className="small">
          {t("now.story")}
        </Link>
        <Button
          size="xs"
          variant="light"
          color="ring"
          loading={clearing.busy}
          leftSection={<Icon name="hangup" size={16} />}
          onClick={() => void clearing.run()}
        >
          {t("now.clear")}
        </Button>
      </div>
    </article>
  );
}
