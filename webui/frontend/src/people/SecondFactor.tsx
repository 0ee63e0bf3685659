// A second factor for the own login: scan, type one code, keep the recovery codes.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Me } from "../api/me";
import { useWords } from "../words/WordsProvider";
import { type Offer, offerSecond, turnOffSecond, turnOnSecond } from "./api";
import style from "./People.module.css";
import { useSteps } from "./useSteps";

export function SecondFactor({ me, changed }: { me: Me; changed: () => void }) {
  const { t } = useWords();
  const steps = useSteps();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [code, setCode] = useState("");
  const [kept, setKept] = useState<string[]>([]);
  const begin = () => void steps.run(async () => setOffer(await offerSecond()));
  const stop = () => void steps.run(() => turnOffSecond().then(changed));
  const finish = (event: FormEvent) => {
    event.preventDefault();
    void steps.run(async () => {
      setKept((await turnOnSecond(code)).codes);
      setOffer(null);
      setCode("");
      changed();
    });
  };
  return (
    <section className="card pad stack" aria-labelledby="second-title">
      <h2 id="second-title">{t("people.second-factor")}</h2>
      <p className="dim">{t(me.second_factor ? "people.second-is-on" : "people.second-lead")}</p>
      {kept.length > 0 && (
        <div role="note" className="stack">
          <p>{t("people.second-codes")}</p>
          <ul className={`plain mono ${style.codes}`}>
            {kept.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
      )}
      {offer && (
        <form onSubmit={finish} className={style.form}>
          <p>{t("people.second-scan")}</p>
          <svg className={style.qr} viewBox={`0 0 ${offer.qr_size} ${offer.qr_size}`} role="img" aria-label={t("people.second-scan")} shapeRendering="crispEdges">
            <path d={offer.qr} fill="#000" />
          </svg>
          <p className={`mono small ${style.key}`}>{offer.key}</p>
          <TextInput label={t("people.second-code")} inputMode="numeric" autoComplete="one-time-code" required value={code} onChange={(event) => setCode(event.currentTarget.value)} />
          <Button type="submit" loading={steps.busy}>
            {t("people.second-on")}
          </Button>
        </form>
      )}
      {steps.note}
      {!offer && (
        <div className="row">
          <Button variant="default" onClick={me.second_factor ? stop : begin}>
            {t(me.second_factor ? "people.second-off" : "people.second-begin")}
          </Button>
        </div>
      )}
    </section>
  );
}
