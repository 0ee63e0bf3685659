// "Closed tomorrow from 14:00, say this": from when to when, what is said, where calls go.
import { Button, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { type Language, LANGUAGES } from "../words/languages";
import { useWords } from "../words/WordsProvider";
import { addClosure, changeClosure, type Closure, type ClosureForm, type Hours, type RoutingIn } from "./api";
import { DestinationSelect } from "./DestinationSelect";
import style from "./Incoming.module.css";
import { useIncomingLabels } from "./useIncomingLabels";

interface Props {
  one: Closure | null;
  now: Hours;
  places: RoutingIn;
  close: () => void;
  changed: () => void;
}

type Said = "standard" | "own" | "nothing";
const DAY_MS = 86_400_000;

export function ClosureDialog({ one, now, places, close, changed }: Props) {
  const { t } = useWords();
  const labels = useIncomingLabels();
  const [form, setForm] = useState<ClosureForm>(() => (one ? formOf(one, now.version) : tomorrow(now)));
  const [said, setSaid] = useState<Said>(one === null ? "standard" : saidBy(one));
  const change = (part: Partial<ClosureForm>) => setForm((before) => ({ ...before, ...part }));
  const saving = useAction(async () => {
    const body = { ...form, announced: said !== "nothing", texts: said === "own" ? form.texts : {} };
    await (one ? changeClosure(one.id, body) : addClosure(body));
    changed();
    close();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <Modal opened onClose={close} title={t("closures.add")}>
      <form onSubmit={submit} className="stack">
        <TextInput label={t("closures.name")} description={t("closures.name-hint")} value={form.name} maxLength={60} data-autofocus onChange={(event) => change({ name: event.currentTarget.value })} />
        <div className={style.dates}>
          <TextInput type="datetime-local" label={t("closures.begins")} value={form.begins.slice(0, 16)} required onChange={(event) => change({ begins: event.currentTarget.value })} />
          <TextInput type="datetime-local" label={t("closures.ends")} value={form.ends.slice(0, 16)} required onChange={(event) => change({ ends: event.currentTarget.value })} />
        </div>
        <NativeSelect
          label={t("closures.said")}
          description={t("closures.said-hint")}
          value={said}
          onChange={(event) => setSaid(event.currentTarget.value as Said)}
          data={[
            { value: "standard", label: t("closures.standard-words") },
            { value: "own", label: t("closures.own-words") },
            { value: "nothing", label: t("closures.nothing-said") },
          ]}
        />
        {said === "own" &&
          (now.languages as Language[]).map((language, at) => (
            <Textarea
              key={language}
              label={LANGUAGES[language].name}
              value={form.texts?.[language] ?? ""}
              required={at === 0}
              rows={3}
              maxLength={2000}
              onChange={(event) => change({ texts: { ...form.texts, [language]: event.currentTarget.value } })}
            />
          ))}
        <DestinationSelect label={t("closures.to")} hint={t("closures.to-hint")} places={places} to={form.to ?? null} change={(to) => change({ to })} none={t("closures.as-usual")} />
        <ProblemNote problem={saving.problem} labels={labels} />
        <Button type="submit" loading={saving.busy} style={{ justifySelf: "start" }}>
          {t("phones.save")}
        </Button>
      </form>
    </Modal>
  );
}

/** Tomorrow from two o'clock to midnight: what is most often wanted. */
function tomorrow(now: Hours): ClosureForm {
  const at = new Date(Date.now() + DAY_MS);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  return { based_on: now.version, name: "", begins: `${local}T14:00`, ends: `${local}T23:59`, announced: true, texts: {}, to: null };
}

function formOf(one: Closure, based_on: number): ClosureForm {
  const { id: _id, is_over: _over, ...fields } = one;
  return { ...fields, based_on };
}

function saidBy(one: Closure): Said {
  if (!one.announced) return "nothing";
  return Object.values(one.texts ?? {}).some((text) => text) ? "own" : "standard";
}
