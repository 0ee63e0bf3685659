// A new flow: a name, and something ready-made to begin with.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useWords } from "../words/WordsProvider";
import type { FlowsView } from "./api";
import { type Flow, freeName, nameOf, type Parts, type Prompts } from "./draft";

interface Props {
  live: FlowsView;
  parts: Parts;
  change: (parts: Parts) => void;
  close: () => void;
  open: (name: string) => void;
}

const EMPTY: Flow = { start: "goodbye", nodes: { goodbye: { type: "hangup", prompt: "goodbye" } } };

export function NewFlow({ live, parts, change, close, open }: Props) {
  const { t, named } = useWords();
  const [typed, setTyped] = useState("");
  const [template, setTemplate] = useState(live.templates[0]?.name ?? "");
  const made = live.templates.find((one) => one.name === template);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = freeName(nameOf(typed) || "flow", parts.flows);
    const flow = (made?.flow ?? EMPTY) as unknown as Flow;
    // What the office has changed in a prompt of that name stays.
    change({ flows: { ...parts.flows, [name]: flow }, prompts: { ...((made?.prompts ?? {}) as Prompts), ...parts.prompts } });
    open(name);
    close();
  };
  return (
    <Modal opened onClose={close} title={t("flows.new")}>
      <form onSubmit={submit} className="stack">
        <TextInput label={t("flows.name")} required maxLength={40} data-autofocus value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        <NativeSelect
          label={t("flows.template")}
          value={template}
          onChange={(event) => setTemplate(event.currentTarget.value)}
          data={[...live.templates.map(({ name }) => ({ value: name, label: named("flows.template-", name) })), { value: "", label: t("flows.template-empty") }]}
        />
        <Button type="submit" style={{ justifySelf: "start" }}>
          {t("flows.make")}
        </Button>
      </form>
    </Modal>
  );
}
