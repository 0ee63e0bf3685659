// What went wrong, as one sentence, and the single faults below it.
import { Alert, Button } from "@mantine/core";
import type { Problem } from "../api/client";
import { useWords } from "./WordsProvider";

interface Props {
  problem: Problem | null;
  again?: () => void;
  /** What the form calls the last part of a key, so that a fault names the field one sees. */
  labels?: Record<string, string>;
}

export function ProblemNote({ problem, again, labels }: Props) {
  const { t } = useWords();
  if (problem === null) return null;
  return (
    <Alert color="ring" role="alert" variant="light">
      {(problem.faults.length === 0 || !labels) && <div>{problem.detail || t("problem.unreachable")}</div>}
      {problem.faults.map((fault, at) => (
        <div key={at}>{labelled(fault, labels)}</div>
      ))}
      {again && (
        <Button mt="sm" size="xs" variant="default" onClick={again}>
          {t("problem.again")}
        </Button>
      )}
    </Alert>
  );
}

function labelled(fault: Problem["faults"][number], labels: Record<string, string> = {}): string {
  const key = String(fault.args.key ?? "");
  const label = labels[key.split(".").pop() ?? ""];
  return label ? fault.sentence.replace(key, `“${label}”`) : fault.sentence;
}
