// Checks the text a moment after the last key; an answer to an older text is dropped.
import { useEffect, useState } from "react";
import { type Problem, ProblemError } from "../api/client";
import { useWords } from "../words/WordsProvider";
import { checkConfig, type Fault } from "./api";

const TYPING_PAUSE_MS = 350;

export interface Check {
  state: "checking" | "good" | "faulty" | "unknown";
  faults: Fault[];
  problem: Problem | null;
}

export function useCheck(text: string): Check {
  const { language } = useWords();
  const [check, setCheck] = useState<Check>({ state: "checking", faults: [], problem: null });
  useEffect(() => {
    let stale = false;
    setCheck((before) => ({ ...before, state: "checking" }));
    const ask = () =>
      checkConfig(text).then(
        ({ faults }) => {
          if (!stale) setCheck({ state: faults.length > 0 ? "faulty" : "good", faults, problem: null });
        },
        (error: unknown) => {
          if (!(error instanceof ProblemError)) throw error;
          if (!stale) setCheck({ state: "unknown", faults: [], problem: error.problem });
        },
      );
    const timer = setTimeout(() => void ask(), TYPING_PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, language]);
  return check;
}
