// One class: which kinds of numbers it may dial, whether abroad, and how much.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { spaced } from "../incoming/DestinationSelect";
import { ProblemNote } from "../words/ProblemNote";
import { ProveNote } from "../words/ProveNote";
import { useWords } from "../words/WordsProvider";
import { changeClass, type DialClass, type Dialling, removeClass } from "./api";
import { CapFields } from "./CapFields";
import { Check } from "./Check";
import style from "./Phones.module.css";
import { useFieldLabels } from "./useFieldLabels";

const KINDS = ["fixed", "mobile", "toll-free", "company", "voip", "shared-cost", "personal", "premium", "satellite", "revenue-share", "other"] as const;
const NEW: DialClass = { name: "", kinds: ["fixed", "mobile", "toll-free"], countries: [] };

interface Props {
  one: Dialling["classes"][number] | null;
  rules: Dialling;
  close: () => void;
  changed: () => void;
}

export function ClassDialog({ one, rules, close, changed }: Props) {
  const { t, named } = useWords();
  const labels = useFieldLabels();
  const [fields, setFields] = useState<DialClass>(() => (one ? fieldsOf(one) : NEW));
  const change = (part: Partial<DialClass>) => setFields((before) => ({ ...before, ...part }));
  const kinds = fields.kinds ?? [];
  const done = () => {
    changed();
    close();
  };
  const saving = useAction(async () => {
    await changeClass(one?.id ?? nameFrom(fields.name ?? "", rules), fields);
    done();
  });
  const removing = useAction(async () => {
    if (one === null || !window.confirm(t("dialling.remove-sure", { name: one.name || one.id }))) return;
    await removeClass(one.id);
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const builtIn = one?.id === "standard" && !one.name;
  return (
    <Modal opened onClose={close} title={t("dialling.class-title")}>
      <form onSubmit={submit} className="stack">
        <TextInput
          label={t("phones.name")}
          value={fields.name}
          required
          maxLength={60}
          data-autofocus
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <fieldset className={style.order}>
          <legend>{t("dialling.kinds")}</legend>
          {KINDS.map((kind) => (
            <Check
              key={kind}
              label={named("kind.", kind)}
              hint={rules.dear.includes(kind) ? t("dialling.dear") : undefined}
              checked={kinds.includes(kind)}
              change={(on) => change({ kinds: on ? [...kinds, kind] : kinds.filter((other) => other !== kind) })}
            />
          ))}
        </fieldset>
        <NativeSelect
          label={t("dialling.abroad")}
          value={fields.countries === null ? "open" : fields.countries?.length ? "some" : "none"}
          onChange={(event) => change({ countries: event.currentTarget.value === "open" ? null : event.currentTarget.value === "none" ? [] : fields.countries })}
          data={[
            { value: "none", label: t("dialling.abroad-none") },
            { value: "open", label: t("dialling.abroad-open") },
            ...(fields.countries?.length ? [{ value: "some", label: fields.countries.join(", ") }] : []),
          ]}
        />
        <NativeSelect
          label={t("dialling.timetable")}
          description={t("dialling.timetable-hint")}
          value={fields.timetable ?? ""}
          onChange={(event) => change({ timetable: event.currentTarget.value || null })}
          data={[{ value: "", label: t("incoming.any-time") }, ...rules.timetables.map((name) => ({ value: name, label: spaced(name) }))]}
        />
        <TextInput
          type="password"
          inputMode="numeric"
          pattern="[0-9]{4,12}"
          autoComplete="new-password"
          label={t("dialling.pin")}
          description={t(one?.pin_set ? "trunks.secret-kept" : "dialling.pin-hint")}
          value={fields.pin ?? ""}
          onChange={(event) => change({ pin: event.currentTarget.value || null })}
        />
        <CapFields caps={fields} currency={rules.currency} change={change} />
        <ProblemNote problem={saving.problem ?? removing.problem} labels={labels} />
        <ProveNote problem={saving.problem} again={saving.run} />
        <div className="row spread">
          <Button type="submit" loading={saving.busy}>
            {t("phones.save")}
          </Button>
          {one && !builtIn && (
            <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
              {t("dialling.remove")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}

function fieldsOf(one: Dialling["classes"][number]): DialClass {
  const { id: _id, extensions: _extensions, pin_set: _pin, ...fields } = one;
  return fields;
}

/** A name as tipring.toml wants it, that no other class has. */
function nameFrom(name: string, rules: Dialling): string {
  const plain = name.toLowerCase().normalize("NFD").replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 30) || "class";
  const taken = new Set(rules.classes.map((one) => one.id));
  let free = plain;
  for (let n = 2; taken.has(free); n++) free = `${plain}-${n}`;
  return free;
}
