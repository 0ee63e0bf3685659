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
  const soon = value !== null && (value.now.running || (value.now.last === null && value.plan.every !== "never"));
  useEffect(() => {
    if (!soon) return;
    const timer = window.setInterval(again, LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [soon, again]);
  if (value === null) return problem ? <ProblemNote problem={problem} again={again} /> : <Loader color="tip" />;
  const key = <KeyCard backups={value} changed={again} />;
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
