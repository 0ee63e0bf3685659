// Deleting for good: says what goes, and asks for a reason that stays in the log.
import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";

const SHORTEST_REASON = 3;

interface Props {
  label: string;
  what: string;
  act: (reason: string) => Promise<unknown>;
  done: () => void;
}

export function DeleteWithReason({ label, what, act, done }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const deleting = useAction(act);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void deleting.run(reason.trim()).then((gone) => {
      if (!gone) return;
      setOpen(false);
      done();
    });
  };
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="ring" onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={label}>
        <form onSubmit={submit} className="stack">
          <p>{what}</p>
          <TextInput
            label={t("story.reason")}
            description={t("story.reason-hint")}
            value={reason}
            minLength={SHORTEST_REASON}
            maxLength={200}
            required
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ProblemNote problem={deleting.problem} />
          <Button type="submit" color="ring" loading={deleting.busy} disabled={reason.trim().length < SHORTEST_REASON}>
            {t("story.delete-now")}
          </Button>
        </form>
      </Modal>
    </>
  );
}
