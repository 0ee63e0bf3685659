// The way on and the way back, at the foot of every step.
import { Button } from "@mantine/core";
import { useWords } from "../words/WordsProvider";
import style from "./Setup.module.css";
import type { Setup } from "./useSetup";

interface Props {
  setup: Setup;
  label?: string;
  busy?: boolean;
  onNext?: () => void;
}

export function StepButtons({ setup, label, busy = false, onNext }: Props) {
  const { t } = useWords();
  return (
    <div className={style.buttons}>
      {setup.back && (
        <Button variant="default" onClick={setup.back}>
          {t("setup.back")}
        </Button>
      )}
      <Button loading={busy} onClick={onNext ?? setup.next}>
        {label ?? t("setup.next")}
      </Button>
    </div>
  );
}
