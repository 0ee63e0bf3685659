// What people of the office wrote down about a call, and writing one more.
import { ActionIcon, Button, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Me } from "../api/me";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { addNote, type CallStory, removeNote } from "./api";
import style from "./CallNotes.module.css";

export function CallNotes({ story, me, changed }: { story: CallStory; me: Me; changed: () => void }) {
  const { t, moment } = useWords();
  const [text, setText] = useState("");
  const id = story.call.call_id;
  const adding = useAction(async () => {
    await addNote(id, text.trim());
    setText("");
    changed();
  });
  const removing = useAction((note: string) => removeNote(id, note).then(changed));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void adding.run();
  };
  return (
    <section className="card pad stack" aria-labelledby="notes-title">
      <h2 id="notes-title">{t("notes.title")}</h2>
      {story.notes.length > 0 && (
        <ul className={`plain ${style.notes}`}>
          {story.notes.map((note) => (
            <li key={note.note_id}>
              <p className={style.text}>{note.text}</p>
              <div className="row small dim">
                <span>
                  {note.who} · {moment(note.at)}
                </span>
                {note.who === me.name && (
                  <ActionIcon
                    size="sm"
                    variant="subtle"
                    color="ring"
                    aria-label={t("notes.remove")}
                    title={t("notes.remove")}
                    loading={removing.busy}
                    onClick={() => void removing.run(note.note_id)}
                  >
                    <Icon name="trash" size={14} />
                  </ActionIcon>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={submit} className={style.form}>
        <Textarea
          className="grow"
          aria-label={t("notes.new")}
          placeholder={t("notes.new")}
          rows={2}
          maxLength={2000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={adding.busy} disabled={text.trim() === ""}>
          {t("notes.add")}
        </Button>
      </form>
      <ProblemNote problem={adding.problem ?? removing.problem} />
    </section>
  );
}
