// Do not disturb and forwards of an extension, as its phones switch them by code.
import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type Extension, switchExtension } from "./api";
import { Check } from "./Check";

const FORWARDS = ["always", "busy", "no-answer"] as const;
const KEYS = { always: "forward_always", busy: "forward_busy", "no-answer": "forward_no_answer" } as const;

export function SwitchDialog({ extension, close }: { extension: Extension; close: () => void }) {
  const { t } = useWords();
  const { box } = useLive();
  const now = box?.extensions.find((one) => one.extension === extension.id);
  const [quiet, setQuiet] = useState(now?.do_not_disturb ?? false);
  const [to, setTo] = useState({
    always: now?.forward_always ?? "",
    busy: now?.forward_busy ?? "",
    "no-answer": now?.forward_no_answer ?? "",
  });
  const saving = useAction(async () => {
    const forwards = Object.fromEntries(FORWARDS.map((when) => [KEYS[when], to[when].replace(/[\s()./-]/g, "")]));
    await switchExtension(extension.id, { do_not_disturb: quiet, ...forwards });
    close();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <Modal opened onClose={close} title={`${extension.id} ${extension.name}`}>
      <form onSubmit={submit} className="stack">
        <Check label={t("switch.do-not-disturb")} hint={t("switch.do-not-disturb-hint")} checked={quiet} change={setQuiet} />
        {FORWARDS.map((when) => (
          <TextInput
            key={when}
            label={t(`switch.forward-${when}`)}
            description={when === "always" ? t("switch.forward-hint") : undefined}
            value={to[when]}
            onChange={(event) => {
              const value = event.currentTarget.value;
              setTo((before) => ({ ...before, [when]: value }));
            }}
          />
        ))}
        <ProblemNote problem={saving.problem} />
        <Button type="submit" loading={saving.busy}>
          {t("phones.save")}
        </Button>
      </form>
    </Modal>
  );
}
