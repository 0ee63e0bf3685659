// A configuration on trial: keep it, or it goes back by itself when the time is up.
import { Button } from "@mantine/core";
import { useAction } from "../api/useAnswer";
import { useBoxTime, useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import { confirmConfig } from "./api";
import style from "./ConfigEditor.module.css";

export function ConfirmBar() {
  const { t } = useWords();
  const { box } = useLive();
  const now = useBoxTime();
  const confirming = useAction(confirmConfig);
  const until = box?.config_unconfirmed_until;
  if (!box || !until) return null;
  const left = (Date.parse(until) - now) / 1000;
  return (
    <>
      <div className={style.trial} role="alertdialog" aria-label={t("settings.confirm-title")}>
        <div>
          <strong>{t("settings.confirm-title")}</strong>
          <div className="small">{t("settings.confirm-lead", { left: clockTime(left) })}</div>
        </div>
        <Button loading={confirming.busy} onClick={() => void confirming.run(box.config_version)}>
          {t("settings.confirm")}
        </Button>
      </div>
      <ProblemNote problem={confirming.problem} />
    </>
  );
}
