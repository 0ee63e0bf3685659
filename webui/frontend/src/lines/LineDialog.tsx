// One line's settings: name and number first, then loudness, then what its kind needs.
import { Button, Loader, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { Check } from "../phones/Check";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeLine, formOf, type LineForm, type LineSettings, readLine, removeLine } from "./api";
import { FxoFields } from "./FxoFields";

interface Props {
  id: string;
  close: () => void;
}

export function LineDialog({ id, close }: Props) {
  const { t } = useWords();
  const line = useAnswer(() => readLine(id), id);
  return (
    <Modal opened onClose={close} title={t("line.title", { line: line.value?.label || id })}>
      <ProblemNote problem={line.problem} again={line.again} />
      {line.value === null && line.loading && <Loader color="tip" />}
      {line.value && <LineFields key={line.value.version} line={line.value} close={close} />}
    </Modal>
  );
}

function LineFields({ line, close }: { line: LineSettings; close: () => void }) {
  const { t } = useWords();
  const [form, setForm] = useState<LineForm>(() => formOf(line));
  const change = (part: Partial<LineForm>) => setForm((before) => ({ ...before, ...part }));
  const labels = useLineLabels();
  const saving = useAction(async () => {
    await changeLine(line.id, form);
    close();
  });
  const removing = useAction(async () => {
    if (!window.confirm(t("line.remove-sure", { line: line.label || line.id }))) return;
    await removeLine(line.id);
    close();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <form onSubmit={submit} className="stack">
      <Check label={t("line.enabled")} hint={t("line.enabled-hint")} checked={form.enabled ?? true} change={(enabled) => change({ enabled })} />
      <TextInput label={t("line.label")} description={t("line.label-hint")} value={form.label} maxLength={60} onChange={(event) => change({ label: event.currentTarget.value })} />
      <TextInput type="tel" label={t("line.number")} description={t("line.number-hint")} value={form.number ?? ""} onChange={(event) => change({ number: event.currentTarget.value || null })} />
      <Check label={t("line.record")} hint={t("line.record-hint")} checked={form.record ?? false} change={(record) => change({ record })} />
      {line.driver === "gsm" && <GsmFields line={line} form={form} change={change} />}
      {line.driver === "fxo" && <FxoFields line={line} form={form} change={change} />}
      <details>
        <summary>{t("more.settings")}</summary>
        <div className="stack" style={{ paddingTop: 12 }}>
          <Gain label={t("line.receive-db")} hint={t("line.gain-hint")} value={form.receive_db ?? 0} change={(receive_db) => change({ receive_db })} />
          <Gain label={t("line.send-db")} hint={t("line.gain-hint")} value={form.send_db ?? 0} change={(send_db) => change({ send_db })} />
          <NativeSelect
            label={t("line.max-call")}
            description={t("line.max-call-hint")}
            value={String(form.max_call_s)}
            onChange={(event) => change({ max_call_s: Number(event.currentTarget.value) })}
            data={longest(form.max_call_s ?? 14_400).map((seconds) => ({ value: String(seconds), label: t("line.minutes", { minutes: Math.round(seconds / 60) }) }))}
          />
        </div>
      </details>
      <ProblemNote problem={saving.problem ?? removing.problem} labels={labels} />
      <div className="row spread">
        <Button type="submit" loading={saving.busy}>
          {t("phones.save")}
        </Button>
        <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
          {t("line.remove")}
        </Button>
      </div>
    </form>
  );
}

const LENGTHS_S = [600, 1800, 3600, 7200, 14_400, 28_800, 86_400];
const longest = (now: number): number[] => [...new Set([...LENGTHS_S, now])].sort((one, other) => one - other);

export interface FieldProps {
  line: LineSettings;
  form: LineForm;
  change: (part: Partial<LineForm>) => void;
}

function GsmFields({ line, form, change }: FieldProps) {
  const { t } = useWords();
  return (
    <>
      <TextInput label={t("line.imei")} description={t("line.imei-hint")} inputMode="numeric" value={form.imei ?? ""} onChange={(event) => change({ imei: event.currentTarget.value.trim() || null })} />
      <TextInput label={t("line.iccid")} description={t("line.iccid-hint")} value={form.iccid ?? ""} onChange={(event) => change({ iccid: event.currentTarget.value.trim() || null })} />
      <TextInput
        type="password"
        inputMode="numeric"
        autoComplete="new-password"
        label={t("line.sim-pin")}
        description={line.sim_pin_set ? t("trunks.secret-kept") : t("line.sim-pin-hint")}
        value={form.sim_pin ?? ""}
        onChange={(event) => change({ sim_pin: event.currentTarget.value || null })}
      />
      <TextInput label={t("line.sound-device")} description={t("line.sound-device-hint")} value={form.sound_device ?? ""} onChange={(event) => change({ sound_device: event.currentTarget.value.trim() || null })} />
    </>
  );
}

function Gain({ label, hint, value, change }: { label: string; hint: string; value: number; change: (value: number) => void }) {
  return <TextInput type="number" min={-24} max={24} step="0.5" label={label} description={hint} value={String(value)} onChange={(event) => change(Number(event.currentTarget.value))} />;
}

function useLineLabels(): Record<string, string> {
  const { t } = useWords();
  return {
    label: t("line.label"),
    number: t("line.number"),
    imei: t("line.imei"),
    iccid: t("line.iccid"),
    sim_pin: t("line.sim-pin"),
    serial: t("line.serial"),
    receive_db: t("line.receive-db"),
    send_db: t("line.send-db"),
    answer_after_rings: t("line.rings"),
  };
}
