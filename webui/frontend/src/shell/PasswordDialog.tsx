// Change the own password; all other sessions of the user end with it.
import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { changePassword } from "../api/me";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";

export function PasswordDialog({ close }: { close: () => void }) {
  const { t } = useWords();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useAction(() => changePassword(old, fresh));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void change.run().then((done) => done && close());
  };
  return (
    <Modal opened onClose={close} title={t("person.password")}>
      <form onSubmit={submit} className="stack">
        <TextInput
          type="password"
          autoComplete="current-password"
          label={t("person.password-old")}
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
          required
          data-autofocus
        />
        <TextInput
          type="password"
          autoComplete="new-password"
          label={t("person.password-new")}
          description={t("person.password-hint")}
          value={fresh}
          onChange={(event) => setFresh(event.currentTarget.value)}
          required
        />
        <ProblemNote problem={change.problem} />
        <Button type="submit" loading={change.busy}>
          {t("person.password-change")}
        </Button>
      </form>
    </Modal>
  );
}
