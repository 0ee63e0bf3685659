// Live state for components.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { current, type Live, onBoxEvent, subscribe } from "./connection";
import type { BoxEvent } from "./state";

export const useLive = (): Live => useSyncExternalStore(subscribe, current);

/** What the owner calls a line; its id when the line is no longer there or has no name. */
export function useLineLabels(): (lineId: string) => string {
  const { box } = useLive();
  return (lineId) => box?.lines.find((one) => one.line.line_id === lineId)?.label || lineId;
}

/** Call `react` for each event while the component is there. */
export function useBoxEvents(react: (event: BoxEvent) => void): void {
  const latest = useRef(react);
  latest.current = react;
  useEffect(() => onBoxEvent((event) => latest.current(event)), []);
}

/** The box's time in milliseconds, anew every second. */
export function useBoxTime(): number {
  const { clockOffsetMs } = useLive();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(tick);
  }, []);
  return now + clockOffsetMs;
}
