// One webhook: where, about what, how its messages fare; tested, changed, switched off, removed.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../api/useAnswer";
import { useSteps } from "../people/useSteps";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeWebhook, removeWebhook, testWebhook, type Webhook, type Wish } from "./api";
import style from "./Programs.module.css";
import { WebhookForm } from "./WebhookForm";
import { WebhookState } from "./WebhookState";

export function WebhookItem({ hook, changed }: { hook: Webhook; changed: () => void }) {
  const { t, word } = useWords();
  const [editing, setEditing] = useState(false);
  const [tested, setTested] = useState("");
  const steps = useSteps();
  const url = hook.url;
  const test = useAction(async () => {
    setTested("");
    const { why } = await testWebhook(hook.hook_id);
    setTested(why ? word(why) : t("webhooks.test-good"));
  });
  const save = (wish: Wish, enabled: boolean) =>
    steps.run(async () => {
      await changeWebhook(hook.hook_id, wish, enabled);
      setEditing(false);
      changed();
    });
  const remove = () => {
    if (window.confirm(t("webhooks.remove-sure", { url }))) void steps.run(() => removeWebhook(hook.hook_id).then(changed));
  };
  if (editing) {
    return (
      <li className={style.hook}>
        <WebhookForm
          label={t("webhooks.edit-of", { url })}
          button={t("webhooks.save")}
          begin={hook}
          busy={steps.busy}
          note={steps.note}
          send={(wish) => save(wish, hook.enabled)}
          leave={() => setEditing(false)}
        />
      </li>
    );
  }
  return (
    <li className={style.hook}>
      <div className="row spread">
        <strong className={style.url}>{url}</strong>
        <label className="small">
          <input
            type="checkbox"
            aria-label={t("webhooks.on-of", { url })}
            checked={hook.enabled}
            onChange={(event) => void save(hook, event.currentTarget.checked)}
          />{" "}
          {t("webhooks.on")}
        </label>
      </div>
      <p className="small dim">{hook.kinds.map((kind) => t(`webhooks.kind-${kind}`)).join(", ")}</p>
      <WebhookState hook={hook} changed={changed} />
      <div className="row">
        <Button size="compact-sm" variant="default" loading={test.busy} aria-label={t("webhooks.test-of", { url })} onClick={() => void test.run()}>
          {t("webhooks.test")}
        </Button>
        <Button size="compact-sm" variant="default" aria-label={t("webhooks.edit-of", { url })} onClick={() => setEditing(true)}>
          {t("webhooks.edit")}
        </Button>
        <Button size="compact-sm" variant="default" aria-label={t("webhooks.remove-of", { url })} onClick={remove}>
          {t("webhooks.remove")}
        </Button>
      </div>
      <p role="status">{tested}</p>
      <ProblemNote problem={test.problem} />
      {steps.note}
    </li>
  );
}
