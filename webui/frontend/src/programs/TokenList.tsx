// Tokens with which other programs use the API: made, shown once, taken back.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { useSteps } from "../people/useSteps";
import { useWords } from "../words/WordsProvider";
import { listTokens, makeToken, removeToken, type Scope } from "./api";
import style from "./Programs.module.css";

const SCOPES: Scope[] = ["read", "calls", "config"];

export function TokenList() {
  const { t, moment } = useWords();
  const tokens = useAnswer(listTokens, "");
  const steps = useSteps();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read"]);
  const [made, setMade] = useState("");
  const flip = (scope: Scope) => setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
  const add = (event: FormEvent) => {
    event.preventDefault();
    void steps.run(async () => {
      setMade((await makeToken(name.trim(), scopes)).token);
      setName("");
      tokens.again();
    });
  };
  return (
    <section className="card pad stack" aria-labelledby="tokens-title">
      <h2 id="tokens-title">{t("tokens.title")}</h2>
      <p className="dim">{t("tokens.lead")}</p>
      <ul className="plain">
        {tokens.value?.map((one) => (
          <li key={one.name} className="row spread">
            <span>
              <strong>{one.name}</strong> <span className="small dim">{one.scopes.map((scope) => t(`tokens.scope-${scope}`)).join(", ")}</span>
            </span>
            <span className="row small dim">
              {one.used_s === null ? t("tokens.unused") : t("tokens.used", { when: moment(new Date(one.used_s * 1000).toISOString()) })}
              <Button size="compact-xs" variant="default" aria-label={t("tokens.remove-of", { name: one.name })} onClick={() => void steps.run(() => removeToken(one.name).then(tokens.again))}>
                {t("tokens.remove")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {made && (
        <div role="note">
          <p>{t("tokens.once")}</p>
          <p className={`mono ${style.key}`}>{made}</p>
        </div>
      )}
      <form onSubmit={add} className={style.form} aria-label={t("tokens.add")}>
        <TextInput label={t("tokens.name")} value={name} required maxLength={40} onChange={(event) => setName(event.currentTarget.value)} />
        <fieldset className={style.scopes}>
          <legend>{t("tokens.scopes")}</legend>
          {SCOPES.map((scope) => (
            <label key={scope}>
              <input type="checkbox" checked={scopes.includes(scope)} onChange={() => flip(scope)} /> {t(`tokens.scope-${scope}`)}
            </label>
          ))}
        </fieldset>
        {steps.note}
        <Button type="submit" variant="default" style={{ justifySelf: "start" }} loading={steps.busy} disabled={scopes.length === 0}>
          {t("tokens.add")}
        </Button>
      </form>
    </section>
  );
}
