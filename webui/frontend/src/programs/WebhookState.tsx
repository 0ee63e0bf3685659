// How a webhook's messages fare: delivered, waiting and why, given up and why.
import { Button } from "@mantine/core";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { dropParked, sendParkedAgain, type Webhook } from "./api";
import style from "./Programs.module.css";

export function WebhookState({ hook, changed }: { hook: Webhook; changed: () => void }) {
  const { t, count, word, moment, named } = useWords();
  const settle = useAction(async (act: (id: string) => Promise<unknown>) => {
    await act(hook.hook_id);
    changed();
  });
  return (
    <>
      <p className="small">
        {hook.delivered_at ? t("webhooks.delivered", { when: moment(hook.delivered_at) }) : t("webhooks.never")}
        {hook.waiting > 0 && ` · ${count("webhooks.waiting", hook.waiting)}`}
      </p>
      {hook.why && (
        <p className={`small ${style.failing}`}>
          {word(hook.why)} {hook.next_try_at && t("webhooks.next-try", { when: moment(hook.next_try_at) })}
        </p>
      )}
      {hook.parked_count > 0 && (
        <details>
          <summary className={style.failing}>{count("webhooks.parked", hook.parked_count)}</summary>
          <ul className="plain small">
            {hook.parked.map((message, index) => (
              <li key={index}>
                {moment(message.at)}: {named("webhooks.kind-", message.kind)}. {message.why && word(message.why)}
              </li>
            ))}
          </ul>
          <div className="row">
            <Button size="compact-sm" variant="default" onClick={() => void settle.run(sendParkedAgain)}>
              {t("webhooks.send-again")}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => void settle.run(dropParked)}>
              {t("webhooks.drop")}
            </Button>
          </div>
          <ProblemNote problem={settle.problem} />
        </details>
      )}
    </>
  );
}
