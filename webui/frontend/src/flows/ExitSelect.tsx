// Where an exit leads: to a step that is there, or to a new one made on the spot.
import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { useWords } from "../words/WordsProvider";
import type { NodeForm } from "./api";
import { type Flow, freeName, type Node, shownName, withExit } from "./draft";
import { useFlowWords } from "./wording";

const NEW = "new:";

interface Props {
  flow: Flow;
  name: string;
  exit: string;
  to: string | null;
  label: string;
  hint?: string;
  error?: ReactNode;
  required: boolean;
  forms: NodeForm[];
  put: (flow: Flow) => void;
}

export function ExitSelect({ flow, name, exit, to, label, hint, error, required, forms, put }: Props) {
  const { t } = useWords();
  const words = useFlowWords();
  const node = flow.nodes[name] as Node;
  const lead = (value: string) => {
    if (!value.startsWith(NEW)) {
      put({ ...flow, nodes: { ...flow.nodes, [name]: withExit(node, exit, value || null) } });
      return;
    }
    const type = value.slice(NEW.length);
    const fresh = freeName(type, flow.nodes);
    put({ ...flow, nodes: { ...flow.nodes, [name]: withExit(node, exit, fresh), [fresh]: { type } } });
  };
  const there = Object.keys(flow.nodes);
  const gone = to !== null && !there.includes(to) ? [{ value: to, label: `${shownName(to)} (?)` }] : [];
  return (
    <NativeSelect
      size="sm"
      label={label}
      description={hint}
      error={error}
      value={to ?? ""}
      onChange={(event) => lead(event.currentTarget.value)}
      data={[
        { value: "", label: t(required ? "flows.nowhere" : "flows.nothing") },
        ...gone,
        { group: t("flows.steps"), items: there.map((one) => ({ value: one, label: shownName(one) })) },
        { group: t("flows.new-step"), items: forms.map((form) => ({ value: NEW + form.type, label: `+ ${words.type(form.type)}` })) },
      ]}
    />
  );
}
