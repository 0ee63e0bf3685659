// Webhooks: what is told to which address, how it fares, and a new one.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { useSteps } from "../people/useSteps";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { addWebhook, listWebhooks, type Wish } from "./api";
import style from "./Programs.module.css";
import { WebhookForm } from "./WebhookForm";
import { WebhookItem } from "./WebhookItem";

export function WebhookList() {
  const { t } = useWords();
  const hooks = useAnswer(listWebhooks, "");
  const steps = useSteps();
  const [made, setMade] = useState<{ url: string; secret: string } | null>(null);
  const [round, setRound] = useState(0);
  const add = (wish: Wish) =>
    steps.run(async () => {
      const { secret } = await addWebhook(wish);
      setMade({ url: wish.url, secret });
      setRound((before) => before + 1);
      hooks.again();
    });
  return (
    <section className="card pad stack" aria-labelledby="webhooks-title">
      <h2 id="webhooks-title">{t("webhooks.title")}</h2>
      <p className="dim">{t("webhooks.lead")}</p>
      <ProblemNote problem={hooks.problem} again={hooks.again} />
      {hooks.value?.length === 0 && <p>{t("webhooks.none")}</p>}
      {hooks.value && hooks.value.length > 0 && (
        <ul className="plain">
          {hooks.value.map((hook) => (
            <WebhookItem key={hook.hook_id} hook={hook} changed={hooks.again} />
          ))}
        </ul>
      )}
      {made && (
        <div role="note" className={style.secret}>
          <strong className={style.url}>{t("webhooks.secret-title", { url: made.url })}</strong>
          <p>{t("webhooks.secret")}</p>
          <p className={`mono ${style.key}`}>{made.secret}</p>
          <Button variant="default" style={{ justifySelf: "start" }} onClick={() => setMade(null)}>
            {t("webhooks.secret-seen")}
          </Button>
        </div>
      )}
      <WebhookForm key={round} label={t("webhooks.add")} button={t("webhooks.add")} busy={steps.busy} note={steps.note} send={add} />
    </section>
  );
}
