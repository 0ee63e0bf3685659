// Dial from the desk: one of our phones rings, then it is connected to the number.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { dial } from "./api";

export function DialForm() {
  const { t } = useWords();
  const { box } = useLive();
  const [open, setOpen] = useState(false);
  const phones = (box?.lines ?? []).filter((line) => line.line.abilities?.includes("phone"));
  const [phone, setPhone] = useState("");
  const [called, setCalled] = useState("");
  const from = phone || phones[0]?.line.line_id || "";
  const dialling = useAction(() => dial(from, called.replace(/[\s()./-]/g, "")));
  if (phones.length === 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void dialling.run().then((done) => done && setOpen(false));
  };
  return (
    <>
      <Button variant="default" leftSection={<Icon name="phone" size={18} />} onClick={() => setOpen(true)}>
        {t("dial.open")}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={t("dial.title")}>
        <form onSubmit={submit} className="stack">
          <NativeSelect
            label={t("dial.phone")}
            value={from}
            onChange={(event) => setPhone(event.currentTarget.value)}
            data={phones.map((line) => ({ value: line.line.line_id, label: line.label || line.line.line_id }))}
          />
          <TextInput
            type="tel"
            label={t("dial.number")}
            value={called}
            onChange={(event) => setCalled(event.currentTarget.value)}
            required
            data-autofocus
          />
          <ProblemNote problem={dialling.problem} />
          <Button type="submit" loading={dialling.busy}>
            {t("dial.ring")}
          </Button>
        </form>
      </Modal>
    </>
  );
}
