// A trial that nobody confirmed is over: tells so until somebody has seen it or a newer version came.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import { listVersions } from "./api";
import style from "./ConfigEditor.module.css";

const SEEN = "tipring-went-back-seen";
const THE_BOX = "tipring";

export function WentBackNote() {
  const { t } = useWords();
  const { box } = useLive();
  // Whoever may not see the versions gets no answer, and no note.
  const versions = useAnswer(listVersions, String(box?.config_version ?? 0));
  const [seen, setSeen] = useState(Number(localStorage.getItem(SEEN)));
  const newest = versions.value?.[0];
  if (!newest?.restored || newest.who !== THE_BOX || newest.number === seen) return null;
  const hide = () => {
    localStorage.setItem(SEEN, String(newest.number));
    setSeen(newest.number);
  };
  return (
    <div className={style.trial} role="status">
      <strong>{t("settings.went-back", { tried: newest.number - 1, back: newest.restored })}</strong>
      <Button size="xs" variant="default" onClick={hide}>
        {t("settings.went-back-seen")}
      </Button>
    </div>
  );
}
