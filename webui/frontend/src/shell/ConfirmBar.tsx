// On every page while a configuration is on trial: keep it, or it goes back by itself.
import { Button } from "@mantine/core";
import { useAction } from "../api/useAnswer";
import { useBoxTime, useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import { confirmConfig } from "../settings/api";
import style from "./ConfirmBar.module.css";

export function ConfirmBar({ owner }: { owner: boolean }) {
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
        {owner && (
          <Button loading={confirming.busy} onClick={() => void confirming.run(box.config_version)}>
            {t("settings.confirm")}
          </Button>
        )}
      </div>
      <ProblemNote problem={confirming.problem} />
    </>
  );
}
