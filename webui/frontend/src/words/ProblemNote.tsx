// What went wrong, as one sentence, and the single faults below it.
import { Alert, Button } from "@mantine/core";
import type { Problem } from "../api/client";
import { useWords } from "./WordsProvider";

export function ProblemNote({ problem, again }: { problem: Problem | null; again?: () => void }) {
  const { t } = useWords();
  if (problem === null) return null;
  return (
    <Alert color="ring" role="alert" variant="light">
      <div>{problem.detail || t("problem.unreachable")}</div>
      {problem.faults.map((fault, at) => (
        <div key={at}>{fault.sentence}</div>
      ))}
      {again && (
        <Button mt="sm" size="xs" variant="default" onClick={again}>
          {t("problem.again")}
        </Button>
      )}
    </Alert>
  );
}
