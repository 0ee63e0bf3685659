// Somebody outside calls in over this line's real wire; the dialog shows live what becomes of it.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { useBoxTime, useLive } from "../live/useLive";
import { LiveCallCard } from "../now/LiveCallCard";
import { uploadSound } from "../settings/api";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { callIn, type CallOutcome, type PracticeLine } from "./api";
import { PracticeOutcome } from "./PracticeOutcome";

interface Props {
  line: PracticeLine;
  label: string;
}

export function PracticeCall({ line, label }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="xs" leftSection={<Icon name="incoming" size={16} />} onClick={() => setOpen(true)}>
        {t("practice.call-in")}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={t("practice.title", { line: label })} size="lg">
        <CallInForm line={line} />
      </Modal>
    </>
  );
}

function CallInForm({ line }: { line: PracticeLine }) {
  const { t } = useWords();
  const { box } = useLive();
  const now = useBoxTime();
  const [number, setNumber] = useState("+447700900123");
  const [press, setPress] = useState("1");
  const [pressAfter, setPressAfter] = useState("4");
  const [hangUpAfter, setHangUpAfter] = useState("30");
  const [say, setSay] = useState("marker");
  const [sound, setSound] = useState<File | null>(null);
  const [outcome, setOutcome] = useState<CallOutcome | null>(null);
  const calling = useAction(async () => {
    setOutcome(null);
    const spoken = say === "sound" && sound ? (await uploadSound(sound)).sound : say === "marker";
    const met = await callIn({
      line_id: line.line_id,
      number: number.replace(/\s/g, ""),
      press,
      press_after_s: Number(pressAfter),
      say: spoken,
      hang_up_after_s: Number(hangUpAfter),
    });
    setOutcome(met);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void calling.run();
  };
  const calls = (box?.calls ?? []).filter((call) => call.line_id === line.line_id);
  return (
    <form onSubmit={submit} className="stack">
      <TextInput
        type="tel"
        label={t("practice.from")}
        description={t("practice.from-hint")}
        value={number}
        onChange={(event) => setNumber(event.currentTarget.value)}
        data-autofocus
      />
      <div className="row" style={{ alignItems: "end" }}>
        <TextInput
          className="grow"
          label={t("practice.press")}
          value={press}
          pattern="[0-9A-D*#]{0,32}"
          onChange={(event) => setPress(event.currentTarget.value)}
        />
        <TextInput
          className="grow"
          type="number"
          min={0}
          max={600}
          step={0.5}
          label={t("practice.press-after")}
          value={pressAfter}
          onChange={(event) => setPressAfter(event.currentTarget.value)}
        />
      </div>
      <div className="row" style={{ alignItems: "end" }}>
        <NativeSelect
          className="grow"
          label={t("practice.say")}
          value={say}
          onChange={(event) => setSay(event.currentTarget.value)}
          data={[
            { value: "marker", label: t("practice.say-marker") },
            { value: "sound", label: t("practice.say-sound") },
            { value: "nothing", label: t("practice.say-nothing") },
          ]}
        />
        <TextInput
          className="grow"
          type="number"
          min={1}
          max={600}
          required
          label={t("practice.hang-up-after")}
          value={hangUpAfter}
          onChange={(event) => setHangUpAfter(event.currentTarget.value)}
        />
      </div>
      {say === "sound" && (
        <input
          type="file"
          required
          accept="audio/*,.wav,.flac,.ogg,.mp3"
          aria-label={t("practice.say-sound")}
          onChange={(event) => setSound(event.currentTarget.files?.[0] ?? null)}
        />
      )}
      <Button type="submit" loading={calling.busy}>
        {t("practice.call")}
      </Button>
      {calling.busy && calls.map((call) => <LiveCallCard key={call.call_id} call={call} lines={box?.lines ?? []} now={now} />)}
      <ProblemNote problem={calling.problem} />
      {outcome && <PracticeOutcome outcome={outcome} />}
    </form>
  );
}
