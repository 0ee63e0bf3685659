// What may be dialled: which countries are open, what each class of phones may do, and caps.
import { Button, Loader, NativeSelect } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { ProveNote } from "../words/ProveNote";
import { useWords } from "../words/WordsProvider";
import { changeGuard, type Dialling, type GuardFields, readDialling } from "./api";
import { CapBars } from "./CapBars";
import { CapFields } from "./CapFields";
import { CountryChoice } from "./CountryChoice";
import { ClassDialog } from "./ClassDialog";
import { GuardMore } from "./GuardMore";
import { LinesOutPart } from "./LinesOutForm";
import style from "./Phones.module.css";
import { useFieldLabels } from "./useFieldLabels";

const LOOK_EVERY_MS = 10_000;

type ClassView = Dialling["classes"][number];

export function DiallingRules() {
  const { t } = useWords();
  const { box } = useLive();
  const dialling = useAnswer(readDialling, String(box?.config_version ?? 0));
  const [editing, setEditing] = useState<ClassView | "new" | null>(null);
  const { again } = dialling;
  useEffect(() => {
    const looking = setInterval(again, LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [again]);
  const rules = dialling.value;
  return (
    <>
      <p className="dim">{t("dialling.lead")}</p>
      <ProblemNote problem={dialling.problem} again={dialling.again} />
      {rules === null && dialling.loading && <Loader color="tip" />}
      {rules && (
        <section className="card" aria-label={t("dialling.classes")}>
          <div className={`row spread pad ${style.headed}`}>
            <h2>{t("dialling.classes")}</h2>
            <Button size="xs" variant="default" onClick={() => setEditing("new")}>
              {t("dialling.add-class")}
            </Button>
          </div>
          <ul className="plain">
            {rules.classes.map((one) => (
              <ClassRow key={one.id} one={one} rules={rules} edit={() => setEditing(one)} />
            ))}
          </ul>
        </section>
      )}
      <LinesOutPart />
      {rules && rules.caps.length > 0 && <CapBars caps={rules.caps} />}
      {rules && <GuardForm key={JSON.stringify(rules.guard)} rules={rules} changed={dialling.again} />}
      {rules && editing && (
        <ClassDialog one={editing === "new" ? null : editing} rules={rules} close={() => setEditing(null)} changed={dialling.again} />
      )}
    </>
  );
}

function ClassRow({ one, rules, edit }: { one: ClassView; rules: Dialling; edit: () => void }) {
  const { t, named, count } = useWords();
  const kinds = one.kinds ?? [];
  const abroad = one.countries === null ? t("dialling.abroad-open") : one.countries?.length ? one.countries.join(", ") : t("dialling.abroad-none");
  return (
    <li className={style.device}>
      <div className="grow">
        <strong>{one.name || named("dialling.class-", one.id)}</strong>{" "}
        <span className="dim">
          {rules.guard.default_class === one.id || rules.classes.length === 1 ? t("dialling.usual") : ""}
          {one.extensions.length > 0 && ` ${count("dialling.extensions", one.extensions.length)}: ${one.extensions.join(", ")}`}
        </span>
        <div className="small dim">
          {kinds.length > 0 ? kinds.map((kind) => named("kind.", kind)).join(", ") : t("dialling.inside-only")}
        </div>
        {kinds.length > 0 && <div className="small dim">{abroad}</div>}
      </div>
      <Button size="xs" variant="default" onClick={edit}>
        {t("phones.edit")}
      </Button>
    </li>
  );
}

function GuardForm({ rules, changed }: { rules: Dialling; changed: () => void }) {
  const { t, named } = useWords();
  const labels = useFieldLabels();
  const [guard, setGuard] = useState<GuardFields>(rules.guard);
  const change = (part: Partial<GuardFields>) => setGuard((before) => ({ ...before, ...part }));
  const saving = useAction(async () => {
    await changeGuard(guard);
    changed();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <form onSubmit={submit} className="card pad stack" aria-label={t("dialling.box")}>
      <h2>{t("dialling.box")}</h2>
      <CountryChoice
        label={t("dialling.countries")}
        hint={t("dialling.countries-hint")}
        own={rules.country}
        all={rules.countries}
        chosen={guard.countries ?? []}
        change={(countries) => change({ countries })}
      />
      <CountryChoice
        label={t("dialling.premium")}
        hint={t("dialling.premium-hint")}
        own={null}
        all={rules.countries}
        chosen={guard.premium_countries ?? []}
        change={(premium_countries) => change({ premium_countries })}
      />
      <CapFields caps={guard} currency={rules.currency} change={change} />
      {rules.classes.some((one) => one.id !== "standard") && (
        <NativeSelect
          label={t("dialling.default-class")}
          value={guard.default_class ?? ""}
          onChange={(event) => change({ default_class: event.currentTarget.value || null })}
          data={[
            { value: "", label: named("dialling.class-", "standard") },
            ...rules.classes.filter((one) => one.id !== "standard").map((one) => ({ value: one.id, label: one.name || one.id })),
          ]}
        />
      )}
      <details>
        <summary>{t("more.settings")}</summary>
        <GuardMore guard={guard} rules={rules} change={change} />
      </details>
      <ProblemNote problem={saving.problem} labels={labels} />
      <ProveNote problem={saving.problem} again={saving.run} />
      <Button type="submit" loading={saving.busy} style={{ justifySelf: "start" }}>
        {t("phones.save")}
      </Button>
    </form>
  );
}
