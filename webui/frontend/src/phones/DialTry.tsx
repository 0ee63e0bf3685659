// "What if this phone dials that number": which lines would be tried, or why it may not go out.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { localNow } from "../incoming/days";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type LinesOut, tryDialling, type WaysOut } from "./api";
import style from "./Phones.module.css";

export function DialTry({ now }: { now: LinesOut }) {
  const { t, named, word } = useWords();
  const [number, setNumber] = useState("");
  const [extension, setExtension] = useState(now.extensions[0]?.id ?? "");
  const [at, setAt] = useState(localNow());
  const [found, setFound] = useState<WaysOut | null>(null);
  const trying = useAction(async () => setFound(await tryDialling({ number, extension: extension || null, at: `${at}:00` })));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void trying.run();
  };
  const nameOf = (id: string) => now.lines.find((line) => line.id === id)?.name ?? id;
  return (
    <form onSubmit={submit} className="card pad stack" aria-label={t("dialtry.title")}>
      <div>
        <h2>{t("dialtry.title")}</h2>
        <p className="small dim">{t("dialtry.lead")}</p>
      </div>
      <div className={style.trial}>
        <NativeSelect
          label={t("dialtry.who")}
          value={extension}
          onChange={(event) => setExtension(event.currentTarget.value)}
          data={[...now.extensions.map((one) => ({ value: one.id, label: `${one.id} ${one.name}` })), { value: "", label: t("dialtry.a-flow") }]}
        />
        <TextInput type="tel" label={t("dialtry.number")} value={number} required onChange={(event) => setNumber(event.currentTarget.value)} />
        <TextInput type="datetime-local" label={t("preview.at")} value={at} required onChange={(event) => setAt(event.currentTarget.value)} />
        <Button type="submit" loading={trying.busy}>
          {t("preview.try")}
        </Button>
      </div>
      <ProblemNote problem={trying.problem} />
      {found && (
        <div role="status">
          <p>
            <strong className="number">{found.number}</strong> <span className="dim">{found.kind && named("kind.", found.kind)}</span>
          </p>
          {found.refused && <p>{word(found.refused)}</p>}
          <ol>
            {found.lines.map((line) => (
              <li key={line.line_id}>
                {nameOf(line.line_id)}{" "}
                <span className="dim">
                  {line.cost_per_minute} {now.currency}/min
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </form>
  );
}
