// A question to the server as state of a component: loading, answered or failed, and asking again.
import { useCallback, useEffect, useRef, useState } from "react";
import { ProblemError, type Problem } from "./client";

export interface Asked<T> {
  value: T | null;
  problem: Problem | null;
  loading: boolean;
  again: () => void;
}

/** Ask now and whenever `key` changes; an answer to an older question is dropped. */
export function useAnswer<T>(ask: () => Promise<T>, key: string): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, "again">>({ value: null, problem: null, loading: true });
  const latest = useRef(ask);
  latest.current = ask;
  const turn = useRef(0);
  const again = useCallback(() => {
    const mine = ++turn.current;
    setState((before) => ({ ...before, loading: true }));
    latest.current().then(
      (value) => mine === turn.current && setState({ value, problem: null, loading: false }),
      (error: unknown) => {
        if (!(error instanceof ProblemError)) throw error;
        if (mine === turn.current) setState((before) => ({ ...before, problem: error.problem, loading: false }));
      },
    );
  }, []);
  useEffect(() => {
    again();
    return () => void turn.current++;
  }, [again, key]);
  return { ...state, again };
}

export interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<boolean>;
  busy: boolean;
  problem: Problem | null;
  forget: () => void;
}

/** Something the user does: busy while it lasts, with the problem if it failed. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (...args: A) => {
    setBusy(true);
    setProblem(null);
    try {
      await act(...args);
      return true;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      setProblem(error.problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, problem, forget: () => setProblem(null) };
}
