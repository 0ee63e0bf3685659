// Whose signature the box knows, and whose bundles need no question; a key is added by pasting it.
import { Button, Loader, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { Check } from "../phones/Check";
import { useSteps } from "../people/useSteps";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { addKey, changeKey, type KnownKey, listKeys, removeKey } from "./api";
import style from "./Bundles.module.css";

export function KeyList() {
  const { t } = useWords();
  const { box } = useLive();
  const keys = useAnswer(listKeys, String(box?.config_version ?? 0));
  return (
    <section className="card pad stack" aria-labelledby="keys-title">
      <h2 id="keys-title">{t("bundles.keys")}</h2>
      <p className="dim">{t("bundles.keys-lead")}</p>
      <ProblemNote problem={keys.problem} again={keys.again} />
      {keys.value === null && keys.loading && <Loader color="tip" />}
      {keys.value?.length === 0 && <p>{t("bundles.keys-none")}</p>}
      {keys.value !== null && keys.value.length > 0 && (
        <ul className="plain stack">
          {keys.value.map((one) => (
            <Key key={one.id} known={one} done={keys.again} />
          ))}
        </ul>
      )}
      <NewKey done={keys.again} />
    </section>
  );
}

function Key({ known, done }: { known: KnownKey; done: () => void }) {
  const { t } = useWords();
  const steps = useSteps();
  const name = known.name || known.id;
  const flip = (at_once: boolean) => void steps.run(() => changeKey(known.id, { name, at_once }).then(done));
  return (
    <li className={style.key}>
      <div className="row spread">
        <strong>{name}</strong>
        <Button size="compact-sm" variant="default" disabled={steps.busy} aria-label={t("bundles.key-remove-of", { name })} onClick={() => void steps.run(() => removeKey(known.id).then(done))}>
          {t("bundles.key-remove")}
        </Button>
      </div>
      <p className={`mono small dim ${style.line}`}>{known.public_key}</p>
      <Check label={t("bundles.at-once-of", { name })} hint={t("bundles.at-once-hint")} checked={known.at_once} change={flip} />
      {steps.note}
    </li>
  );
}

function NewKey({ done }: { done: () => void }) {
  const { t } = useWords();
  const steps = useSteps();
  const [name, setName] = useState("");
  const [pasted, setPasted] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    void steps.run(async () => {
      await addKey({ name: name.trim(), public_key: pasted, at_once: false });
      setName("");
      setPasted("");
      done();
    });
  };
  return (
    <details>
      <summary>{t("bundles.key-add")}</summary>
      <form onSubmit={add} className={style.form}>
        <TextInput label={t("bundles.key-name")} description={t("bundles.key-name-hint")} required maxLength={60} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Textarea label={t("bundles.key-paste")} description={t("bundles.key-paste-hint")} required rows={3} maxLength={4096} value={pasted} onChange={(event) => setPasted(event.currentTarget.value)} />
        {steps.note}
        <div>
          <Button type="submit" variant="default" loading={steps.busy}>
            {t("bundles.key-save")}
          </Button>
        </div>
      </form>
    </details>
  );
}
