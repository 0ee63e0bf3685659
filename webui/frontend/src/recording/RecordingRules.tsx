// Which calls are recorded, what is said before, and how long recordings are kept.
import { Loader, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { Check } from "../phones/Check";
import style from "../settings/Forms.module.css";
import { SaidFields, saidOf } from "../settings/SaidFields";
import { SaveRow } from "../settings/SaveRow";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeRules, readRules, type RuleFields, type Rules } from "./api";

export default function RecordingRules() {
  const { t } = useWords();
  const { box } = useLive();
  const rules = useAnswer(readRules, String(box?.config_version ?? 0));
  return (
    <>
      <p className="dim">{t("recording.lead")}</p>
      <ProblemNote problem={rules.problem} again={rules.again} />
      {rules.value === null && rules.loading && <Loader color="tip" />}
      {rules.value && <RulesForm key={box?.config_version ?? 0} rules={rules.value} />}
    </>
  );
}

function RulesForm({ rules }: { rules: Rules }) {
  const { t } = useWords();
  const [form, setForm] = useState<RuleFields>(() => fieldsOf(rules));
  const [saved, setSaved] = useState(false);
  const change = (part: Partial<RuleFields>) => {
    setSaved(false);
    setForm((before) => ({ ...before, ...part }));
  };
  const saving = useAction(async () => {
    const shorter = (form.retention_days ?? 30) < (rules.retention_days ?? 30);
    if (shorter && !window.confirm(t("recording.shorter-sure", { days: form.retention_days ?? 30 }))) return;
    await changeRules(form);
    setSaved(true);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <form onSubmit={submit} className={`stack ${style.form}`}>
      <section className="card pad stack" aria-label={t("recording.which")}>
        <h2>{t("recording.which")}</h2>
        <Chosen label={t("recording.lines")} hint={t("recording.lines-hint")} all={rules.all_lines} chosen={form.lines ?? []} change={(lines) => change({ lines })} />
        <Chosen label={t("recording.people")} hint={t("recording.people-hint")} all={rules.people} chosen={form.extensions ?? []} change={(extensions) => change({ extensions })} />
      </section>
      <section className="card pad stack" aria-label={t("recording.announcement")}>
        <SaidFields
          label={t("recording.announcement")}
          hint={t("recording.announcement-hint")}
          languages={rules.languages}
          usual={rules.built_in}
          said={saidOf(form.announcement ?? {})}
          change={(announcement) => change({ announcement })}
        />
      </section>
      <section className="card pad stack" aria-label={t("recording.keeping")}>
        <h2>{t("recording.keeping")}</h2>
        <RoomNote rules={rules} />
        <TextInput
          type="number"
          min={1}
          max={3650}
          label={t("recording.keep-days")}
          description={t("recording.keep-days-hint")}
          value={String(form.retention_days ?? 30)}
          onChange={(event) => change({ retention_days: Number(event.currentTarget.value) })}
        />
        <TextInput
          type="number"
          min={1}
          max={60}
          label={t("recording.min-days")}
          description={t("recording.min-days-hint")}
          value={form.min_days_left === null || form.min_days_left === undefined ? "" : String(form.min_days_left)}
          onChange={(event) => change({ min_days_left: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}
        />
      </section>
      <SaveRow
        saving={saving}
        saved={saved}
        labels={{ retention_days: t("recording.keep-days"), min_days_left: t("recording.min-days"), announcement: t("recording.announcement") }}
      />
    </form>
  );
}

interface ChosenProps {
  label: string;
  hint: string;
  all: Rules["people"];
  chosen: string[];
  change: (chosen: string[]) => void;
}

function Chosen({ label, hint, all, chosen, change }: ChosenProps) {
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend style={{ padding: 0 }}>
        <strong className="small">{label}</strong>
        <div className="small dim">{hint}</div>
      </legend>
      <div className={style.choices}>
        {all.map((one) => (
          <Check
            key={one.id}
            label={one.name === one.id ? one.id : `${one.name} (${one.id})`}
            checked={chosen.includes(one.id)}
            change={(on) => change(on ? [...chosen, one.id] : chosen.filter((id) => id !== one.id))}
          />
        ))}
      </div>
    </fieldset>
  );
}

function RoomNote({ rules }: { rules: Rules }) {
  const { t, number } = useWords();
  const gigabytes = (bytes: number) => number(Math.round(bytes / 1e8) / 10);
  const room = rules.room;
  const values = { used: gigabytes(room.recorded_bytes), free: gigabytes(room.free_bytes) };
  return (
    <p className="small dim">
      {t("recording.room", values)} {room.days_left !== null && t("recording.room-days", { days: number(room.days_left) })}
    </p>
  );
}

function fieldsOf(rules: Rules): RuleFields {
  const { lines, extensions, retention_days, min_days_left } = rules;
  return { lines, extensions, retention_days, min_days_left, announcement: saidOf(rules.announcement ?? {}) };
}
