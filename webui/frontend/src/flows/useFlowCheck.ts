// Checks the draft a moment after the last change; an answer to an older draft is dropped.
import { useEffect, useState } from "react";
import { type Problem, ProblemError } from "../api/client";
import { useWords } from "../words/WordsProvider";
import { checkFlows, type FlowFault } from "./api";
import type { Parts } from "./draft";

const PAUSE_MS = 300;

export interface FlowCheck {
  state: "checking" | "good" | "faulty" | "unknown";
  faults: FlowFault[];
  problem: Problem | null;
}

export function useFlowCheck(parts: Parts): FlowCheck {
  const { language } = useWords();
  const [check, setCheck] = useState<FlowCheck>({ state: "checking", faults: [], problem: null });
  useEffect(() => {
    let stale = false;
    setCheck((before) => ({ ...before, state: "checking" }));
    const ask = () =>
      checkFlows(parts as never).then(
        ({ faults }) => stale || setCheck({ state: faults.length > 0 ? "faulty" : "good", faults, problem: null }),
        (error: unknown) => {
          if (!(error instanceof ProblemError)) throw error;
          if (!stale) setCheck({ state: "unknown", faults: [], problem: error.problem });
        },
      );
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [parts, language]);
  return check;
}
