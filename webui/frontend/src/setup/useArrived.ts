// The newest call that came in while one watches, also after it has ended.
import { useEffect, useState } from "react";
import type { LiveCall } from "../live/state";
import { useBoxEvents, useLive } from "../live/useLive";

export function useArrived(): LiveCall | null {
  const { box } = useLive();
  const [newest, setNewest] = useState<LiveCall | null>(null);
  const take = (call: LiveCall) => {
    if (call.incoming) setNewest((before) => (before === null || call.began_at >= before.began_at ? call : before));
  };
  useBoxEvents((event) => event.what === "call" && take(event.call));
  const ringing = box?.calls.find((call) => call.incoming) ?? null;
  useEffect(() => {
    // One that came in before this step was opened is seen by the snapshot alone.
    if (ringing !== null) take(ringing);
  }, [ringing]);
  return newest;
}
