// What can be done with a flow as a whole: add a step, give it a number, take it out.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { go } from "../routing";
import { useWords } from "../words/WordsProvider";
import type { FlowsView } from "./api";
import { type Flow, freeName, type Parts, shownName } from "./draft";
import { useFlowWords } from "./wording";

interface Props {
  live: FlowsView;
  parts: Parts;
  name: string;
  change: (parts: Parts) => void;
  choose: (node: string) => void;
}

export function FlowSettings({ live, parts, name, change, choose }: Props) {
  const { t } = useWords();
  const words = useFlowWords();
  const flow = parts.flows[name] as Flow;
  const put = (fresh: Flow) => change({ ...parts, flows: { ...parts.flows, [name]: fresh } });
  const add = (type: string) => {
    const fresh = freeName(type, flow.nodes);
    put({ ...flow, start: flow.start || fresh, nodes: { ...flow.nodes, [fresh]: { type } } });
    choose(fresh);
  };
  const remove = () => {
    if (!window.confirm(t("flows.remove-sure", { flow: shownName(name) }))) return;
    const { [name]: _gone, ...flows } = parts.flows;
    go("/flows");
    change({ ...parts, flows });
  };
  return (
    <>
      <NativeSelect
        size="sm"
        label={t("flows.add-step")}
        value=""
        onChange={(event) => event.currentTarget.value && add(event.currentTarget.value)}
        data={[{ value: "", label: t("flows.choose") }, ...live.forms.map((form) => ({ value: form.type, label: words.type(form.type) }))]}
      />
      <TextInput
        size="sm"
        label={t("flows.extension")}
        description={t("flows.extension-hint")}
        defaultValue={flow.extension ?? ""}
        inputMode="numeric"
        onBlur={(event) => {
          const { extension: _old, ...rest } = flow;
          const typed = event.currentTarget.value.trim();
          if (typed !== (flow.extension ?? "")) put(typed ? { ...rest, extension: typed } : rest);
        }}
      />
      <Button size="xs" variant="subtle" color="ring" onClick={remove} style={{ justifySelf: "start" }}>
        {t("flows.remove")}
      </Button>
    </>
  );
}
