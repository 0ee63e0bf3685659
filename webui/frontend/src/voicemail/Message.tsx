// One message: who, when, how long; open it to listen.
import { Button } from "@mantine/core";
import { useRef } from "react";
import { useAction } from "../api/useAnswer";
import { Player } from "../calls/Player";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import { deleteVoicemail, mark, readPeaks, type Voicemail, voicemailUrl } from "./api";
import style from "./Message.module.css";

interface Props {
  message: Voicemail;
  open: boolean;
  toggle: () => void;
  changed: () => void;
}

export function Message({ message, open, toggle, changed }: Props) {
  const { t, moment } = useWords();
  const audio = useRef<HTMLAudioElement>(null);
  const id = message.voicemail_id;
  const heard = Boolean(message.heard_at);
  const acting = useAction(async (step: () => Promise<unknown>) => {
    await step();
    changed();
  });
  const remove = () => {
    if (window.confirm(t("voicemail.delete-sure"))) void acting.run(() => deleteVoicemail(id));
  };
  return (
    <article className="card">
      <button type="button" className={style.head} onClick={toggle} aria-expanded={open}>
        <span className={style.new} data-heard={heard || undefined} />
        <strong className="number">{message.calling_name ?? message.calling ?? t("call.withheld")}</strong>
        {!heard && <span className={style.label}>{t("voicemail.new")}</span>}
        <span className={`dim small ${style.end}`}>
          {message.mailbox_name} · {moment(message.left_at)} · {clockTime(message.duration_ms / 1000)}
        </span>
      </button>
      {open && (
        <div className={`stack ${style.body}`}>
          <Player audio={audio} url={voicemailUrl(id)} peaks={() => readPeaks(id)} />
          <ProblemNote problem={acting.problem} />
          <div className="row">
            <Button size="xs" variant="light" loading={acting.busy} onClick={() => void acting.run(() => mark(id, !heard))}>
              {heard ? t("voicemail.mark-new") : t("voicemail.mark-heard")}
            </Button>
            <Button size="xs" variant="subtle" color="ring" leftSection={<Icon name="trash" size={16} />} onClick={remove}>
              {t("voicemail.delete")}
            </Button>
            <Link href={`/calls/${message.call_id}`} className="small">
              {t("voicemail.call")}
            </Link>
          </div>
        </div>
      )}
    </article>
  );
}
