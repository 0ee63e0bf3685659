// Who listened to a call, took its sound away or changed something about it.
import { useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type CallStory, readLog } from "./api";

const SAID: Record<string, "log.listened" | "log.took" | "log.deleted-recording" | "log.removed-note" | "log.cleared"> = {
  "audit.listened-call": "log.listened",
  "audit.took-recording": "log.took",
  "audit.deleted-recording": "log.deleted-recording",
  "audit.removed-note": "log.removed-note",
  "audit.cleared-call": "log.cleared",
};

export function CallLog({ story }: { story: CallStory }) {
  const { t, word, moment } = useWords();
  const log = useAnswer(() => readLog(story.call.call_id), JSON.stringify([story.recording?.state, story.notes.length]));
  return (
    <details className="card pad" onToggle={(event) => event.currentTarget.open && log.again()}>
      <summary>{t("log.title")}</summary>
      {log.value?.length === 0 && <p className="dim small">{t("log.nobody")}</p>}
      <ul className="plain small">
        {log.value?.map(({ audit_id, at, who, what }) => {
          const said = SAID[what.code];
          return (
            <li key={audit_id} className="row">
              <span className="dim number">{moment(at)}</span>
              <strong>{who}</strong>
              <span>{said ? t(said) : word(what)}</span>
              <span className="dim">{what.args?.reason}</span>
            </li>
          );
        })}
      </ul>
      <ProblemNote problem={log.problem} again={log.again} />
    </details>
  );
}
