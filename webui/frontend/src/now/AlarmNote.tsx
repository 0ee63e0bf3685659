// One alarm: what is wrong, on which line, since when.
import { Icon } from "../Icon";
import type { Alarm } from "../live/state";
import { useLineLabels } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import style from "./AlarmNote.module.css";

export function AlarmNote({ alarm }: { alarm: Alarm }) {
  const { t, word, moment } = useWords();
  const labelOf = useLineLabels();
  return (
    <div className={style.alarm} role="alert">
      <Icon name="alarm" />
      <div>
        <strong>{word(alarm.text)}</strong>
        <div className="small">
          {alarm.line_id && `${labelOf(alarm.line_id)} · `}
          {t("now.since", { when: moment(alarm.since) })}
        </div>
      </div>
    </div>
  );
}
