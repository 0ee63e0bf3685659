// One call in the list; the whole row leads to its story.
import { Icon, type IconName } from "../Icon";
import { Link } from "../Link";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import type { Call } from "./api";
import style from "./CallList.module.css";
import type { Names } from "./names";

const MISSED = new Set(["abandoned", "no-answer", "busy", "failed"]);

interface Props {
  call: Call;
  names: Names;
}

export function CallRow({ call, names }: Props) {
  const { t, named, clock } = useWords();
  const end = call.ended_at ? Date.parse(call.ended_at) : null;
  const seconds = end === null ? null : (end - Date.parse(call.began_at)) / 1000;
  const became = call.disposition ?? (end === null ? "live" : "failed");
  const far = call.incoming ? call.calling : call.called;
  const near = call.extension ?? (call.incoming ? call.called : call.calling);
  const marks: [boolean, IconName, string][] = [
    [call.starred, "star", t("calls.starred")],
    [call.notes > 0, "note", t("calls.has-notes")],
    [call.recorded, "play", t("calls.has-recording")],
    [call.voicemail, "voicemail", t("calls.has-voicemail")],
  ];
  return (
    <Link href={`/calls/${call.call_id}`} className={style.row}>
      <span className={style.arrow} data-missed={MISSED.has(became) || undefined}>
        <Icon name={call.incoming ? "incoming" : "outgoing"} />
      </span>
      <span className={`number ${style.who}`}>{call.contact ?? call.calling_name ?? (far ? names.person(far) : t("call.withheld"))}</span>
      <span className={`small dim ${style.to}`}>
        {[near && names.person(near), call.line_id && names.line(call.line_id)].filter(Boolean).join(" · ")}
      </span>
      <span className={`small ${style.became}`}>{named("disposition.", became)}</span>
      <span className={style.marks}>
        {marks.map(
          ([shown, icon, label]) =>
            shown && (
              <span key={icon} role="img" aria-label={label} title={label}>
                <Icon name={icon} size={16} filled={icon === "star"} />
              </span>
            ),
        )}
      </span>
      <span className={`number small ${style.end}`}>
        {clock(call.began_at)} <span className="dim">{seconds !== null && clockTime(seconds)}</span>
      </span>
    </Link>
  );
}
