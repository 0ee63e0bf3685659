// One rule: for which calls it is, and where they go. What is left empty does not matter.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Check } from "../phones/Check";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import type { RoutingIn, Rule } from "./api";
import { DestinationSelect, spaced } from "./DestinationSelect";
import style from "./Incoming.module.css";
import { useIncomingLabels } from "./useIncomingLabels";

interface Props {
  rule: Rule | null;
  routing: RoutingIn;
  close: () => void;
  save: (rule: Rule) => Promise<unknown>;
  remove: () => Promise<unknown>;
}

const CALLERS = ["vip", "withheld", "other"] as const;

export function RuleDialog({ rule, routing, close, save, remove }: Props) {
  const { t, named } = useWords();
  const labels = useIncomingLabels();
  const [fields, setFields] = useState<Rule>(rule ?? { lines: [], called: [], callers: [], timetable: null, to: firstPlace(routing) });
  const [called, setCalled] = useState((rule?.called ?? []).join(", "));
  const change = (part: Partial<Rule>) => setFields((before) => ({ ...before, ...part }));
  const saving = useAction(async () => {
    await save({ ...fields, called: called.split(/[,;]/).map((one) => one.replace(/[\s().-]/g, "")).filter(Boolean) });
    close();
  });
  const removing = useAction(async () => {
    await remove();
    close();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const toggled = <T,>(all: readonly T[], one: T, on: boolean) => (on ? [...all, one] : all.filter((other) => other !== one));
  return (
    <Modal opened onClose={close} title={t(rule ? "incoming.edit-rule" : "incoming.add-rule")}>
      <form onSubmit={submit} className="stack">
        <fieldset className={style.choices}>
          <legend>{t("incoming.lines")}</legend>
          <span className="small dim">{t("incoming.lines-hint")}</span>
          {routing.lines.map((line) => (
            <Check key={line.id} label={line.name} checked={fields.lines?.includes(line.id) ?? false} change={(on) => change({ lines: toggled(fields.lines ?? [], line.id, on) })} />
          ))}
        </fieldset>
        <TextInput label={t("incoming.called")} description={t("incoming.called-hint")} value={called} onChange={(event) => setCalled(event.currentTarget.value)} />
        <fieldset className={style.choices}>
          <legend>{t("incoming.callers")}</legend>
          <span className="small dim">{t("incoming.callers-hint")}</span>
          {CALLERS.map((one) => (
            <Check key={one} label={named("caller.", one)} checked={fields.callers?.includes(one) ?? false} change={(on) => change({ callers: toggled(fields.callers ?? [], one, on) })} />
          ))}
        </fieldset>
        <NativeSelect
          label={t("incoming.timetable")}
          description={t("incoming.timetable-hint")}
          value={fields.timetable ?? ""}
          onChange={(event) => change({ timetable: event.currentTarget.value || null })}
          data={[{ value: "", label: t("incoming.any-time") }, ...routing.timetables.map((name) => ({ value: name, label: spaced(name) }))]}
        />
        <DestinationSelect label={t("incoming.to")} hint={t("incoming.to-hint")} places={routing} to={fields.to} change={(to) => to && change({ to })} />
        <ProblemNote problem={saving.problem ?? removing.problem} labels={labels} />
        <div className="row spread">
          <Button type="submit" loading={saving.busy}>
            {t("phones.save")}
          </Button>
          {rule && (
            <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
              {t("incoming.remove-rule")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}

function firstPlace(routing: RoutingIn): Rule["to"] {
  const flow = routing.flows[0];
  return flow === undefined ? { hang_up: true } : { flow, hang_up: false };
}
