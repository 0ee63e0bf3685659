// The key of backups: its emergency sheet is made here and shown once.
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useSteps } from "../people/useSteps";
import { useWords } from "../words/WordsProvider";
import { type Backups, changePlan, makeKey, type Sheet } from "./api";
import { EmergencySheet } from "./EmergencySheet";

export function KeyCard({ backups, changed }: { backups: Backups; changed: () => void }) {
  const { t, date } = useWords();
  const { sheet, key_made_at: madeAt } = backups.now;
  const steps = useSteps();
  const [shown, setShown] = useState<Sheet | null>(null);
  const make = () => {
    if (sheet !== null && !window.confirm(t("backup.new-key-sure", { sheet }))) return;
    void steps.run(async () => setShown(await makeKey()));
  };
  /** With the first sheet backups begin by themselves: what nobody plans nobody has. */
  const close = () => {
    setShown(null);
    const first = sheet === null && backups.plan.every === "never";
    void steps.run(async () => {
      if (first) await changePlan({ ...backups.plan, every: "day" });
      changed();
    });
  };
  return (
    <section className="card pad stack" aria-labelledby="backup-key">
      <h2 id="backup-key">{t("backup.sheet")}</h2>
      {sheet === null || madeAt === null ? (
        <>
          <p>{t("backup.first-lead")}</p>
          <p className="dim">{t("backup.sheet-lead")}</p>
        </>
      ) : (
        <p>{t("backup.sheet-made", { sheet, when: date(madeAt) })}</p>
      )}
      {steps.note}
      <div className="row">
        <Button variant={sheet === null ? "filled" : "default"} loading={steps.busy} onClick={make}>
          {t(sheet === null ? "backup.make-sheet" : "backup.new-key")}
        </Button>
      </div>
      <Modal opened={shown !== null} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} size="lg" title={t("backup.sheet")}>
        {shown && <EmergencySheet sheet={shown} done={close} />}
      </Modal>
    </section>
  );
}
