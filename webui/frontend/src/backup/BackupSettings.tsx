// Backups of the whole box: is there a good one, when comes the next, and the sheet that opens them.
import { Loader } from "@mantine/core";
import { useEffect } from "react";
import { useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { readBackups } from "./api";
import { BackupList } from "./BackupList";
import { KeyCard } from "./KeyCard";
import { NowCard } from "./NowCard";
import { PlanForm } from "./PlanForm";

const LOOK_AGAIN_MS = 1500;

export default function BackupSettings() {
  const backups = useAnswer(readBackups, "");
  const { again, value, problem } = backups;
  const running = value?.now.running ?? false;
  useEffect(() => {
    if (!running) return;
    const timer = window.setInterval(again, LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [running, again]);
  if (value === null) return problem ? <ProblemNote problem={problem} again={again} /> : <Loader color="tip" />;
  const key = <KeyCard sheet={value.now.sheet} madeAt={value.now.key_made_at} changed={again} />;
  if (value.now.sheet === null) return <div className="stack">{key}</div>;
  return (
    <div className="stack">
      <NowCard backups={value} changed={again} />
      <PlanForm key={JSON.stringify(value.plan)} plan={value.plan} changed={again} />
      <BackupList backups={value.now.backups} sheet={value.now.sheet} changed={again} />
      {key}
    </div>
  );
}
