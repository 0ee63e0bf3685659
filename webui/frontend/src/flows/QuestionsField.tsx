// The questions of a form: what each answer is called, what is asked, and how it is answered.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useWords } from "../words/WordsProvider";
import type { FieldForm, FlowFault, FlowsView } from "./api";
import { freeName, type Json, type Parts, withField } from "./draft";
import style from "./Flows.module.css";
import { PromptField } from "./PromptField";
import { useFlowWords } from "./wording";

type Question = { type: string } & { [field: string]: Json };
const ANSWERS = ["voice", "digits"];

interface Props {
  live: FlowsView;
  parts: Parts;
  change: (parts: Parts) => void;
  name: string;
  field: FieldForm;
  label: string;
  hint: string;
  error?: ReactNode;
  faults: FlowFault[];
  value: Json | undefined;
  set: (value: Json | undefined) => void;
}

export function QuestionsField({ label, error, value, set, faults, ...about }: Props) {
  const { t } = useWords();
  const questions = (Array.isArray(value) ? value : []) as Question[];
  const put = (at: number, fresh: Question) => set(questions.map((one, n) => (n === at ? fresh : one)));
  const add = () => {
    const taken = Object.fromEntries(questions.map((one) => [String(one.name), true]));
    set([...questions, { name: freeName("answer", taken).replace("-", "_") }]);
  };
  const general = faults.some((one) => one.field?.startsWith("questions.")) ? undefined : error;
  return (
    <fieldset className={style.keys}>
      <legend>{label}</legend>
      {questions.map((question, at) => (
        <QuestionForm
          key={at}
          {...about}
          n={at + 1}
          question={question}
          faults={faults.filter((one) => one.field?.startsWith(`questions.${at + 1}.`))}
          put={(fresh) => put(at, fresh)}
          remove={() => set(questions.length > 1 ? questions.filter((_, n) => n !== at) : undefined)}
        />
      ))}
      <Button size="compact-sm" variant="default" onClick={add} style={{ justifySelf: "start" }}>
        {t("flows.question-add")}
      </Button>
      {general && (
        <p role="alert" className={style.fault}>
          {general}
        </p>
      )}
    </fieldset>
  );
}

interface QuestionProps {
  live: FlowsView;
  parts: Parts;
  change: (parts: Parts) => void;
  name: string;
  n: number;
  question: Question;
  faults: FlowFault[];
  put: (question: Question) => void;
  remove: () => void;
}

function QuestionForm({ live, parts, change, name, n, question, faults, put, remove }: QuestionProps) {
  const { t } = useWords();
  const words = useFlowWords();
  const text = (field: string) => (question[field] === undefined ? "" : String(question[field]));
  const error = (field: string) => faults.find((one) => one.field?.endsWith(`.${field}`))?.sentence;
  const byVoice = text("answer") !== "digits";
  const most = byVoice ? "max_s" : "max_digits";
  return (
    <section className={`stack ${style.question}`} aria-label={t("flows.question", { n })}>
      <div className="row spread">
        <strong className="small">{t("flows.question", { n })}</strong>
        <Button size="compact-xs" variant="subtle" color="ring" onClick={remove}>
          {t("flows.question-remove")}
        </Button>
      </div>
      <TextInput size="sm" label={t("flows.question-name")} description={t("flows.question-name-hint")} error={error("name")} value={text("name")} onChange={(event) => put({ ...question, name: event.currentTarget.value })} />
      <PromptField
        live={live}
        parts={parts}
        change={change}
        name={`${name}-${n}`}
        field={{ name: "prompt", required: true }}
        label={words.field("prompt")}
        hint={words.fieldHint("prompt")}
        error={error("prompt")}
        value={text("prompt")}
        set={(value) => put(withField(question, "prompt", value))}
      />
      <NativeSelect
        size="sm"
        label={t("flows.question-answer")}
        value={byVoice ? "voice" : "digits"}
        onChange={(event) => put({ ...withField(question, most, undefined), answer: event.currentTarget.value })}
        data={ANSWERS.map((value) => ({ value, label: words.choice(value) }))}
      />
      <TextInput
        size="sm"
        type="number"
        label={byVoice ? t("flows.question-max_s") : words.field("max_digits")}
        placeholder={byVoice ? "60" : "16"}
        min={byVoice ? 5 : 1}
        max={byVoice ? 300 : 32}
        error={error(most)}
        value={text(most)}
        onChange={(event) => put(withField(question, most, event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value)))}
      />
    </section>
  );
}
