// One call in the list; the whole row leads to its story.
import { Icon } from "../Icon";
import { Link } from "../Link";
import { useLineLabels } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import type { Call } from "./api";
import style from "./CallList.module.css";

const MISSED = new Set(["abandoned", "no-answer", "busy", "failed"]);

interface Props {
  call: Call;
  recorded: boolean;
  voicemail: boolean;
}

export function CallRow({ call, recorded, voicemail }: Props) {
  const { t, named, clock } = useWords();
  const labelOf = useLineLabels();
  const end = call.ended_at ? Date.parse(call.ended_at) : null;
  const seconds = end === null ? null : (end - Date.parse(call.began_at)) / 1000;
  const became = call.disposition ?? (end === null ? "live" : "failed");
  const far = call.incoming ? call.calling : call.called;
  const near = call.incoming ? call.extension ?? call.called : call.extension ?? call.calling;
  return (
    <Link href={`/calls/${call.call_id}`} className={style.row}>
      <span className={style.arrow} data-missed={MISSED.has(became) || undefined}>
        <Icon name={call.incoming ? "incoming" : "outgoing"} />
      </span>
      <span className={`number ${style.who}`}>{call.calling_name ?? far ?? t("call.withheld")}</span>
      <span className={`small dim ${style.to}`}>
        {[near, call.line_id && labelOf(call.line_id)].filter(Boolean).join(" · ")}
      </span>
      <span className={`small ${style.became}`}>{named("disposition.", became)}</span>
      <span className={style.marks}>
        {recorded && (
          <span role="img" aria-label={t("calls.has-recording")} title={t("calls.has-recording")}>
            <Icon name="play" size={16} />
          </span>
        )}
        {voicemail && (
          <span role="img" aria-label={t("calls.has-voicemail")} title={t("calls.has-voicemail")}>
            <Icon name="voicemail" size={16} />
          </span>
        )}
      </span>
      <span className={`number small ${style.end}`}>
        {clock(call.began_at)} <span className="dim">{seconds !== null && clockTime(seconds)}</span>
      </span>
    </Link>
  );
}
