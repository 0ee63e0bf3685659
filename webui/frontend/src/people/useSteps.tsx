// Steps that may want the asker's password once more: whatever was tried last goes on after it.
import { useRef } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { ProveNote } from "../words/ProveNote";

type Step = () => Promise<unknown>;

export function useSteps() {
  const last = useRef<Step>(() => Promise.resolve());
  const action = useAction(() => last.current());
  const run = (step: Step) => {
    last.current = step;
    return action.run();
  };
  const note =
    action.problem?.code === "web.password-needed" ? (
      <ProveNote problem={action.problem} again={action.run} />
    ) : (
      <ProblemNote problem={action.problem} />
    );
  return { run, busy: action.busy, note };
}
