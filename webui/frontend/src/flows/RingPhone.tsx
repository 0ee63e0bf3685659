// The flow as it is live, heard on a phone of the office: the phone rings and is the caller.
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../api/useAnswer";
import { dial } from "../calls/api";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";

export function RingPhone({ extension }: { extension: string | undefined }) {
  const { t } = useWords();
  const { box } = useLive();
  const phones = (box?.lines ?? []).filter((line) => line.line.abilities?.includes("phone"));
  const [phone, setPhone] = useState("");
  const from = phone || phones[0]?.line.line_id || "";
  const ringing = useAction(() => dial(from, extension ?? ""));
  if (phones.length === 0) return null;
  if (extension === undefined) return <p className="small dim">{t("flows.ring-not-yet")}</p>;
  return (
    <div className="stack" style={{ gap: 8 }}>
      <NativeSelect
        size="sm"
        label={t("dial.phone")}
        value={from}
        onChange={(event) => setPhone(event.currentTarget.value)}
        data={phones.map((line) => ({ value: line.line.line_id, label: line.label || line.line.line_id }))}
      />
      <ProblemNote problem={ringing.problem} />
      <Button variant="default" size="sm" loading={ringing.busy} onClick={() => void ringing.run()} style={{ justifySelf: "start" }}>
        {t("flows.ring")}
      </Button>
    </div>
  );
}
