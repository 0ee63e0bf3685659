// What is plugged in, found by itself and shown live, each with its report card.
import { Loader } from "@mantine/core";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { readDevices } from "./api";
import { DeviceCard } from "./DeviceCard";
import style from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { StepButtons } from "./StepButtons";

export function DevicesStep({ setup }: StepProps) {
  const { t, count } = useWords();
  const { box } = useLive();
  // Anew whenever something is plugged in or out, or a device says more about itself.
  const devices = useAnswer(readDevices, JSON.stringify(box?.lines ?? []));
  const cards = devices.value?.cards ?? [];
  return (
    <>
      <ProblemNote problem={devices.problem} again={devices.again} />
      {devices.value === null && <Loader color="tip" size="sm" />}
      {devices.value !== null && cards.length === 0 && <Empty title={t("setup.nothing-yet")}>{t("setup.nothing-yet-hint")}</Empty>}
      {cards.length > 0 && (
        <p className="small" role="status">
          {count("setup.found", cards.length)}
        </p>
      )}
      <ul className={`plain ${style.cards}`}>
        {cards.map((card) => (
          <DeviceCard key={card.line_id} card={card} />
        ))}
      </ul>
      <StepButtons setup={setup} />
    </>
  );
}
