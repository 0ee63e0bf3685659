// What happens if: a call thought through step by step, with what the caller hears; none is made.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type FlowsView, type Heard, type Step, tryFlows } from "./api";
import { type Parts, sameText, shownName } from "./draft";
import style from "./Flows.module.css";
import { Listen } from "./PromptField";
import { RingPhone } from "./RingPhone";
import { useFlowWords } from "./wording";

const PEOPLE = ["answer", "no-answer", "busy"] as const;
const MINUTES = 16;

interface Props {
  live: FlowsView;
  parts: Parts;
  flow: string | undefined;
  steps: Step[];
  show: (steps: Step[]) => void;
}

export function TryOut({ live, parts, flow, steps, show }: Props) {
  const { t, named } = useWords();
  const [line, setLine] = useState(live.lines[0]?.id ?? "");
  const [calling, setCalling] = useState("");
  const [at, setAt] = useState(live.now.slice(0, MINUTES));
  const [keys, setKeys] = useState("");
  const [people, setPeople] = useState<(typeof PEOPLE)[number]>("answer");
  const [web, setWeb] = useState("");
  const [here, setHere] = useState(false);
  const asksWeb = Object.values(parts.flows).some((one) => Object.values(one.nodes).some((node) => node.type === "web"));
  const trying = useAction(async () => {
    const asked = { ...parts, line, calling: calling || null, at, keys: keysOf(keys), people, web: web || null, flow: here ? flow : null };
    show((await tryFlows(asked as never)).steps);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void trying.run();
  };
  return (
    <>
      <form onSubmit={submit} className="stack" style={{ gap: 10 }} aria-label={t("flows.part-try")}>
        <p className="small dim">{t("flows.try-lead")}</p>
        <NativeSelect
          size="sm"
          label={t("flows.try-begin")}
          value={here ? "flow" : "line"}
          onChange={(event) => setHere(event.currentTarget.value === "flow")}
          data={[
            { value: "line", label: t("flows.try-begin-line") },
            { value: "flow", label: t("flows.try-begin-flow", { flow: shownName(flow ?? "–") }) },
          ]}
        />
        <NativeSelect size="sm" label={t("flows.try-line")} value={line} onChange={(event) => setLine(event.currentTarget.value)} data={live.lines.map(({ id, label }) => ({ value: id, label }))} />
        <TextInput size="sm" type="tel" label={t("practice.from")} description={t("practice.from-hint")} value={calling} onChange={(event) => setCalling(event.currentTarget.value)} />
        <TextInput size="sm" type="datetime-local" label={t("flows.try-when")} value={at} required onChange={(event) => setAt(event.currentTarget.value)} />
        <TextInput size="sm" label={t("practice.press")} description={t("flows.try-keys-hint")} value={keys} onChange={(event) => setKeys(event.currentTarget.value)} />
        <NativeSelect
          size="sm"
          label={t("flows.try-people")}
          value={people}
          onChange={(event) => setPeople(event.currentTarget.value as (typeof PEOPLE)[number])}
          data={PEOPLE.map((value) => ({ value, label: named("flows.people-", value) }))}
        />
        {asksWeb && (
          <TextInput size="sm" label={t("flows.try-web")} description={t("flows.try-web-hint")} maxLength={300} value={web} onChange={(event) => setWeb(event.currentTarget.value)} />
        )}
        {live.opening !== "by-hours" && <p className="small dim">{t("flows.try-switched")}</p>}
        <Button type="submit" loading={trying.busy} style={{ justifySelf: "start" }}>
          {t("flows.try-run")}
        </Button>
        <ProblemNote problem={trying.problem} />
      </form>
      {steps.length > 0 && (
        <ol className={style.walk} aria-label={t("flows.try-path")}>
          {steps.map((step, at) => (
            <Walked key={at} step={step} />
          ))}
        </ol>
      )}
      {steps.length > 0 && <RingPhone extension={ringable(live, parts, flow)} />}
    </>
  );
}

/** The number under which phones hear exactly this flow: it must be live as it is drawn. */
function ringable(live: FlowsView, parts: Parts, name: string | undefined): string | undefined {
  const flow = name === undefined ? undefined : parts.flows[name];
  const same = name !== undefined && sameText(flow) === sameText(live.flows[name]);
  return same ? flow?.extension : undefined;
}

function Walked({ step }: { step: Step }) {
  const words = useFlowWords();
  return (
    <li>
      {step.node != null && <strong>{shownName(step.node)}</strong>}
      <div>{step.sentence}</div>
      {heardOnce(step.heard ?? []).map((one) => (
        <div key={`${one.prompt} ${one.language}`} className="row">
          <span className="small grow">
            “{one.text ?? shownName(one.prompt)}” <span className="dim">{one.language}</span>
          </span>
          {(one.text != null || one.sound != null) && <Listen spoken={{ text: one.text ?? undefined, sound: one.sound ?? undefined }} language={one.language} />}
        </div>
      ))}
      {step.exit != null && <div className="small dim">→ {words.exit(step.exit)}</div>}
    </li>
  );
}

/** A prompt asked three times is shown once. */
const heardOnce = (heard: Heard[]) => [...new Map(heard.map((one) => [`${one.prompt} ${one.language}`, one])).values()];

/** "1, 102, -" are three answers, the last of them silence. */
const keysOf = (typed: string) =>
  typed.trim() === "" ? [] : typed.split(",").map((one) => one.trim().replace("-", ""));
