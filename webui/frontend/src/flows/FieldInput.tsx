// One field of a step: asked for by its kind, with one line of help and its faults below it.
import { NativeSelect, TextInput } from "@mantine/core";
import { Check } from "../phones/Check";
import { useWords } from "../words/WordsProvider";
import type { FieldForm, FlowFault, FlowsView } from "./api";
import { type Flow, type Json, type Parts, shownName } from "./draft";
import { ExitSelect } from "./ExitSelect";
import style from "./Flows.module.css";
import { PromptField } from "./PromptField";
import { QuestionsField } from "./QuestionsField";
import { useFlowWords } from "./wording";

interface Props {
  live: FlowsView;
  parts: Parts;
  change: (parts: Parts) => void;
  flow: Flow;
  name: string;
  field: FieldForm;
  value: Json | undefined;
  faults: FlowFault[];
  set: (value: Json | undefined) => void;
  putFlow: (flow: Flow) => void;
}

export function FieldInput(props: Props) {
  const { live, parts, flow, name, field, value, faults, set, putFlow } = props;
  const { t } = useWords();
  const words = useFlowWords();
  const type = flow.nodes[name]?.type;
  const label = words.field(field.name, type);
  const hint = words.fieldHint(field.name, type);
  const error = faults.length > 0 ? faults.map(words.fault).join(" ") : undefined;
  const isExit = live.forms.some((form) => form.type === type && form.exits.includes(field.name));
  const text = value === undefined || value === null ? "" : String(value);
  const about = { size: "sm", label, description: hint, error } as const;
  const choices = choicesOf(field, live, parts, flow, flow.nodes[name]?.flow, words.choice);
  if (isExit) {
    const to = text || null;
    return <ExitSelect flow={flow} name={name} exit={field.name} to={to} label={words.exit(field.name, type)} hint={hint} error={error} required={field.required} forms={live.forms} put={putFlow} />;
  }
  if (field.kind === "prompt") return <PromptField {...props} label={label} hint={hint} error={error} value={text} />;
  if (field.kind === "yes-no") {
    const on = typeof value === "boolean" ? value : field.default === true;
    return <Check label={label} hint={hint} checked={on} change={(one) => set(one === field.default ? undefined : one)} />;
  }
  if (field.kind === "extensions") {
    const now = Array.isArray(value) ? value.map(String) : [];
    const toggle = (id: string, on: boolean) => {
      const fresh = on ? [...now, id] : now.filter((one) => one !== id);
      set(fresh.length > 0 ? fresh : undefined);
    };
    return (
      <fieldset className={style.keys}>
        <legend>{label}</legend>
        {hint && <p className="small dim">{hint}</p>}
        {live.extensions.map((one) => (
          <Check key={one.id} label={`${one.id} ${one.label}`} checked={now.includes(one.id)} change={(on) => toggle(one.id, on)} />
        ))}
        {error && (
          <p role="alert" className={style.fault}>
            {error}
          </p>
        )}
      </fieldset>
    );
  }
  if (field.kind === "questions") return <QuestionsField {...props} label={label} hint={hint} error={error} value={value} />;
  if (choices) {
    const usual = field.default === undefined || field.default === null ? "" : String(field.default);
    const shown = value === undefined ? usual : text;
    const none = shown !== "" && (field.required || usual !== "") ? [] : [{ value: "", label: t(field.required ? "flows.choose" : "flows.nothing") }];
    const gone = shown !== "" && !choices.some((one) => one.value === shown) ? [{ value: shown, label: `${shown} (?)` }] : [];
    return <NativeSelect {...about} value={shown} onChange={(event) => set(event.currentTarget.value === usual ? undefined : event.currentTarget.value)} data={[...none, ...gone, ...choices]} />;
  }
  if (field.kind === "whole" || field.kind === "number") {
    const usual = typeof field.default === "number" ? String(field.default) : "";
    return (
      <TextInput
        {...about}
        type="number"
        step={field.kind === "whole" ? 1 : 0.5}
        min={field.least ?? undefined}
        max={field.most ?? undefined}
        placeholder={usual}
        value={text}
        onChange={(event) => set(event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value))}
      />
    );
  }
  if (field.kind === "texts") {
    const lines = Array.isArray(value) ? value.join(", ") : "";
    const list = (typed: string) => typed.split(",").map((one) => one.trim()).filter(Boolean);
    return <TextInput {...about} defaultValue={lines} onBlur={(event) => set(list(event.currentTarget.value))} />;
  }
  return <TextInput {...about} value={text} maxLength={field.most ?? undefined} onChange={(event) => set(event.currentTarget.value || undefined)} />;
}

type Choices = { value: string; label: string }[];

function choicesOf(field: FieldForm, live: FlowsView, parts: Parts, flow: Flow, target: Json | undefined, choice: (value: string) => string): Choices | null {
  const plain = (names: string[]) => names.map((value) => ({ value, label: shownName(value) }));
  const labelled = (some: { id: string; label: string }[]) => some.map(({ id, label }) => ({ value: id, label }));
  switch (field.kind) {
    case "timetable":
      return plain(live.timetables);
    case "mailbox":
      return labelled(live.mailboxes);
    case "group":
      return labelled(live.groups);
    case "flow":
      return plain(Object.keys(parts.flows));
    case "node":
      return plain(Object.keys((parts.flows[String(target)] ?? flow).nodes));
    case "choice":
      return field.choices.map((value) => ({ value, label: choice(value) }));
    default:
      return null;
  }
}
