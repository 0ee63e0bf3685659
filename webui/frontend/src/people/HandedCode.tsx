// The code for a person, shown this once, and where they use it.
import { Button, Modal } from "@mantine/core";
import { useWords } from "../words/WordsProvider";
import type { Handed } from "./api";
import style from "./People.module.css";

export function HandedCode({ handed, close }: { handed: Handed; close: () => void }) {
  const { t } = useWords();
  return (
    <Modal opened onClose={close} closeOnClickOutside={false} title={t("people.code-title", { name: handed.name })}>
      <div className="stack">
        <p>{t("people.code-lead", { address: `${window.location.origin}/reset` })}</p>
        <p className={`mono ${style.code}`}>{handed.code}</p>
        <Button onClick={close}>{t("people.code-done")}</Button>
      </div>
    </Modal>
  );
}
