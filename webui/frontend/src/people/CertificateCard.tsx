// What makes the page trusted: the box's own authority to install, or the office's certificate.
import { Button, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { dropOwnCertificate, keepCertificate, putCertificate, readCertificate } from "./api";
import style from "./People.module.css";
import { useSteps } from "./useSteps";

export function CertificateCard() {
  const { t, date, time } = useWords();
  const certificate = useAnswer(readCertificate, "");
  const steps = useSteps();
  const [pem, setPem] = useState("");
  const [key, setKey] = useState("");
  const shown = certificate.value?.shown ?? null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void steps.run(async () => {
      await putCertificate(pem, key);
      setPem("");
      setKey("");
      certificate.again();
    });
  };
  return (
    <section className="card pad stack" aria-labelledby="certificate-title">
      <h2 id="certificate-title">{t("certificate.title")}</h2>
      <ProblemNote problem={certificate.problem} again={certificate.again} />
      <p>{shown ? t(shown.own ? "certificate.own" : "certificate.box", { names: shown.names.join(", "), until: date(shown.expires) }) : t("certificate.none")}</p>
      {shown?.on_trial_until && (
        <div className="row">
          <p className="grow">{t("certificate.trial", { until: time(shown.on_trial_until) })}</p>
          <Button onClick={() => void steps.run(() => keepCertificate().then(certificate.again))}>{t("certificate.keep")}</Button>
        </div>
      )}
      <p className="dim">{t("certificate.trust")}</p>
      <p>
        <a href="/tipring-ca.crt" download>
          {t("certificate.download")}
        </a>
      </p>
      <p className={`mono small ${style.key}`}>{certificate.value?.authority}</p>
      <details>
        <summary>{t("certificate.use-own")}</summary>
        <form onSubmit={submit} className={style.form}>
          <Textarea label={t("certificate.pem")} rows={4} required value={pem} onChange={(event) => setPem(event.currentTarget.value)} />
          <Textarea label={t("certificate.key")} rows={4} required value={key} onChange={(event) => setKey(event.currentTarget.value)} />
          <Button type="submit" variant="default" loading={steps.busy}>
            {t("certificate.use")}
          </Button>
        </form>
      </details>
      {steps.note}
      {shown?.own && (
        <div className="row">
          <Button variant="default" onClick={() => void steps.run(() => dropOwnCertificate().then(certificate.again))}>
            {t("certificate.drop")}
          </Button>
        </div>
      )}
    </section>
  );
}
