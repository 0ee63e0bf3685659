// One step as a form, made from what the box says about this kind of step.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../Icon";
import { useWords } from "../words/WordsProvider";
import type { FlowFault, FlowsView } from "./api";
import { type Flow, type Json, nameOf, type Node, type Parts, renamedNode, shownName, withField, withNode, withoutNode } from "./draft";
import { FieldInput } from "./FieldInput";
import { STEP_FORM } from "./FlowCanvas";
import style from "./Flows.module.css";
import { KeysField } from "./KeysField";
import { useFlowWords } from "./wording";

export interface StepFormProps {
  live: FlowsView;
  parts: Parts;
  flowName: string;
  name: string;
  faults: FlowFault[];
  change: (parts: Parts) => void;
  choose: (node: string | null) => void;
}

export function StepForm({ live, parts, flowName, name, faults, change, choose }: StepFormProps) {
  const { t } = useWords();
  const words = useFlowWords();
  const [typed, setTyped] = useState(shownName(name));
  const flow = parts.flows[flowName] as Flow;
  const node = flow.nodes[name] as Node;
  const form = live.forms.find((one) => one.type === node.type);
  const put = (fresh: Flow) => change({ ...parts, flows: { ...parts.flows, [flowName]: fresh } });
  const rename = () => {
    const fresh = renamedNode(flow, name, nameOf(typed), live.forms);
    if (fresh === flow) return setTyped(shownName(name));
    put(fresh);
    choose(nameOf(typed));
  };
  const set = (field: string, value: Json | undefined) => put(withNode(flow, name, withField(node, field, value)));
  const faultsOf = (field: string) => faults.filter((one) => one.field === field || one.field?.startsWith(`${field}.`));
  const named = new Set(form?.fields.map((field) => field.name));
  const others = faults.filter((one) => !named.has(one.field?.split(".")[0] ?? ""));
  return (
    <section id={STEP_FORM} tabIndex={-1} className="stack" aria-label={shownName(name)}>
      <div className="row spread">
        <Button size="compact-sm" variant="default" leftSection={<Icon name="back" size={14} />} onClick={() => choose(null)}>
          {t("flows.back")}
        </Button>
        <span className="row">
          {flow.start !== name && (
            <Button size="compact-sm" variant="default" onClick={() => put({ ...flow, start: name })}>
              {t("flows.make-start")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            color="ring"
            onClick={() => {
              put(withoutNode(flow, name, live.forms));
              choose(null);
            }}
          >
            {t("flows.remove-step")}
          </Button>
        </span>
      </div>
      <div>
        <h2>{words.type(node.type)}</h2>
        <p className="small dim">{words.typeHint(node.type)}</p>
      </div>
      {others.map((fault, at) => (
        <p key={at} role="alert" className={style.fault}>
          {words.fault(fault)}
        </p>
      ))}
      <TextInput size="sm" label={t("flows.step-name")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={rename} onKeyDown={(event) => event.key === "Enter" && rename()} />
      {form?.fields.map((field) =>
        field.kind === "keys" ? (
          <KeysField key={field.name} live={live} flow={flow} name={name} put={put} faults={faultsOf(field.name)} />
        ) : (
          <FieldInput
            key={field.name}
            live={live}
            parts={parts}
            change={change}
            flow={flow}
            name={name}
            field={field}
            value={node[field.name]}
            faults={faultsOf(field.name)}
            set={(value) => set(field.name, value)}
            putFlow={put}
          />
        ),
      )}
    </section>
  );
}
