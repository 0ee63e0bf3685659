// One letter with the account as it is typed now; the server's answer in plain words.
import { Alert, Button, Loader, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type MailForm, readOutbox, type Trial, tryMail } from "./api";

const LOOK_EVERY_MS = 700;

interface Props {
  form: MailForm;
  labels: Record<string, string>;
}

export function TryAccount({ form, labels }: Props) {
  const { t } = useWords();
  const [to, setTo] = useState("");
  const [trial, setTrial] = useState<Trial | null>(null);
  const trying = useAction(async () => {
    setTrial(null);
    setTrial((await tryMail({ ...form, missed_calls: [], to })).trial ?? null);
  });
  const running = trial?.running ?? false;
  useEffect(() => {
    if (!running) return;
    const looking = setInterval(() => void readOutbox().then((outbox) => setTrial(outbox.trial ?? null), () => undefined), LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [running]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void trying.run();
  };
  return (
    <form onSubmit={submit} className="card pad stack" aria-label={t("mail.try")}>
      <h2>{t("mail.try")}</h2>
      <TextInput
        type="email"
        required
        label={t("mail.try-to")}
        description={t("mail.try-hint")}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={trying.busy} disabled={running} style={{ justifySelf: "start" }}>
        {t("mail.try-send")}
      </Button>
      <ProblemNote problem={trying.problem} labels={labels} />
      <div aria-live="polite">
        <Outcome trial={trial} />
      </div>
    </form>
  );
}

function Outcome({ trial }: { trial: Trial | null }) {
  const { t, word } = useWords();
  if (trial === null) return null;
  if (trial.running) {
    return (
      <span className="row">
        <Loader size="xs" color="tip" />
        {t("mail.try-running")}
      </span>
    );
  }
  return (
    <Alert color={trial.fault ? "ring" : "tip"} variant="light">
      {trial.fault ? word(trial.fault) : t("mail.try-done", { to: trial.to })}
    </Alert>
  );
}
