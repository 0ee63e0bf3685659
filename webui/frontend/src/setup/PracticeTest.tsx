// Somebody on the practice network calls the office, as often as one likes.
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { callIn, type PracticeLine } from "../lines/api";
import type { LiveLine } from "../live/state";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import style from "./Setup.module.css";

const CALLER = "+447700900123";
const LISTENS_S = 15;

interface Props {
  lines: PracticeLine[];
  labels: LiveLine[];
}

export function PracticeTest({ lines, labels }: Props) {
  const { t } = useWords();
  const [picked, setPicked] = useState("");
  const [press, setPress] = useState("1");
  const line_id = lines.some((line) => line.line_id === picked) ? picked : (lines[0]?.line_id ?? "");
  const calling = useAction(() => callIn({ line_id, number: CALLER, press, press_after_s: 4, say: true, hang_up_after_s: LISTENS_S }));
  const label = (line: PracticeLine) => `${labels.find((one) => one.line.line_id === line.line_id)?.label || line.line_id} ${line.number}`;
  return (
    <>
      <div className={style.test}>
        <NativeSelect
          label={t("setup.test-line")}
          value={line_id}
          onChange={(event) => setPicked(event.currentTarget.value)}
          data={lines.map((line) => ({ value: line.line_id, label: label(line) }))}
        />
        <NativeSelect
          label={t("setup.test-press")}
          value={press}
          onChange={(event) => setPress(event.currentTarget.value)}
          data={[
            { value: "1", label: t("setup.test-press-key", { key: 1 }) },
            { value: "0", label: t("setup.test-press-key", { key: 0 }) },
            { value: "", label: t("setup.test-press-none") },
          ]}
        />
        <Button leftSection={<Icon name="incoming" size={16} />} loading={calling.busy} onClick={() => void calling.run()}>
          {t("setup.test-call")}
        </Button>
      </div>
      <ProblemNote problem={calling.problem} />
    </>
  );
}
