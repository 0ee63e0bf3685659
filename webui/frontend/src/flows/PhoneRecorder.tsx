// A prompt spoken into a phone of the office: it rings, one speaks, hears it here and keeps it.
import { Button, Modal, NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import { useAction } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type PhoneRecording, readPhoneRecording, recordByPhone } from "./api";
import { Listen } from "./PromptField";

const LOOK_EVERY_MS = 700;
const UNDER_WAY = ["ringing", "recording", "preparing"];

interface Props {
  take: (sound: string) => void;
  language: string;
}

export function PhoneRecorder(props: Props) {
  const { t } = useWords();
  const { box } = useLive();
  const [open, setOpen] = useState(false);
  const phones = (box?.lines ?? []).filter((line) => line.line.abilities?.includes("phone"));
  if (phones.length === 0) return null;
  const choices = phones.map((line) => ({ value: line.line.line_id, label: line.label || line.line.line_id }));
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        {t("flows.prompt-by-phone")}
      </Button>
      {open && <PhoneDialog {...props} phones={choices} close={() => setOpen(false)} />}
    </>
  );
}

function PhoneDialog({ take, language, phones, close }: Props & { phones: { value: string; label: string }[]; close: () => void }) {
  const { t, named, word } = useWords();
  const [phone, setPhone] = useState(phones[0]?.value ?? "");
  const [made, setMade] = useState<PhoneRecording | null>(null);
  const ringing = useAction(async () => setMade(await recordByPhone(phone)));
  const id = made?.recording_id;
  const under = made !== null && UNDER_WAY.includes(made.state);
  useEffect(() => {
    if (id === undefined || !under) return;
    const looking = setInterval(() => void readPhoneRecording(id).then(setMade, () => undefined), LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [id, under]);
  const sound = made?.sound;
  const keep = () => {
    if (sound) take(sound);
    close();
  };
  return (
    <Modal opened onClose={close} title={t("flows.prompt-by-phone")}>
      <div className="stack">
        <p className="small dim">{t("flows.phone-lead")}</p>
        <NativeSelect label={t("dial.phone")} value={phone} disabled={under} onChange={(event) => setPhone(event.currentTarget.value)} data={phones} />
        {made && (
          <p role="status">
            {named("flows.phone-state-", made.state)} {made.problem && word(made.problem)}
          </p>
        )}
        <ProblemNote problem={ringing.problem} />
        <div className="row">
          {sound && (
            <>
              <Listen spoken={{ sound }} language={language} />
              <Button size="sm" onClick={keep}>
                {t("flows.phone-keep")}
              </Button>
            </>
          )}
          <Button size="sm" variant={sound ? "default" : "filled"} disabled={under} loading={ringing.busy} onClick={() => void ringing.run()}>
            {t(made ? "flows.phone-again" : "flows.phone-ring")}
          </Button>
          <Button size="sm" variant="subtle" onClick={close}>
            {t("flows.phone-cancel")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
