// "A call on this line, from this number, on that day": what would happen, in plain words.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Check } from "../phones/Check";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type RoutingIn, tryCall } from "./api";
import style from "./Incoming.module.css";
import { localNow } from "./days";

type Steps = Awaited<ReturnType<typeof tryCall>>["steps"];

export function Preview({ routing }: { routing: RoutingIn }) {
  const { t, word } = useWords();
  const [line, setLine] = useState(routing.lines[0]?.id ?? "");
  const [calling, setCalling] = useState("");
  const [hidden, setHidden] = useState(false);
  const [at, setAt] = useState(localNow());
  const [steps, setSteps] = useState<Steps | null>(null);
  const trying = useAction(async () => {
    const { steps } = await tryCall({ line_id: line, calling: hidden ? null : calling, called: null, at: `${at}:00` });
    setSteps(steps);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void trying.run();
  };
  return (
    <section className="card pad stack" aria-label={t("preview.title")}>
      <div>
        <h2>{t("preview.title")}</h2>
        <p className="small dim">{t("preview.lead")}</p>
      </div>
      <form onSubmit={submit} className={style.trial}>
        <NativeSelect label={t("preview.line")} value={line} onChange={(event) => setLine(event.currentTarget.value)} data={routing.lines.map((one) => ({ value: one.id, label: one.name }))} />
        <TextInput type="tel" label={t("preview.calling")} value={calling} disabled={hidden} required={!hidden} onChange={(event) => setCalling(event.currentTarget.value)} />
        <TextInput type="datetime-local" label={t("preview.at")} value={at} required onChange={(event) => setAt(event.currentTarget.value)} />
        <Button type="submit" loading={trying.busy}>
          {t("preview.try")}
        </Button>
      </form>
      <Check label={t("preview.hidden")} checked={hidden} change={setHidden} />
      <ProblemNote problem={trying.problem} />
      {steps && (
        <ol className={style.steps} role="status">
          {told(steps).map(({ step, why, isEnd }, place) => (
            <li key={place} data-end={isEnd || undefined}>
              {word(step)}
              {why && <span className="dim"> ({word(why)})</span>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const ENDS = ["preview.to-", "preview.blocked", "preview.nothing-fits", "preview.line-off"];

/** Each sentence with its reason, where the next one gives it; what the call comes to is marked. */
function told(steps: Steps) {
  return steps.flatMap((step, at) => {
    if (step.code.startsWith("opening.")) return [];
    const next = steps[at + 1];
    const why = next?.code.startsWith("opening.") ? next : undefined;
    return [{ step, why, isEnd: ENDS.some((end) => step.code.startsWith(end)) }];
  });
}
