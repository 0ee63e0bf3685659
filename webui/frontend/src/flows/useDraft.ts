// The draft of one browser: kept over reloads, undone step by step, moved on when what is live changes.
import { useEffect, useRef, useState } from "react";
import { partsOf, type Parts, sameText } from "./draft";
import type { FlowsView } from "./api";

const KEPT = "tipring.flows";
const MOST_STEPS = 100;
const ONE_GO_MS = 700;

interface Kept {
  /** What was live when the draft began. */
  version: number;
  was: Parts;
  now: Parts;
}

export interface Draft extends Kept {
  changed: boolean;
  /** Somebody else has changed flows or prompts since the draft began. */
  overtaken: boolean;
  change: (now: Parts) => void;
  undo: (() => void) | null;
  /** Begin again with what is live. */
  discard: () => void;
  /** Go on with the draft, now as a change of what is live. */
  keepMine: () => void;
}

export function useDraft(live: FlowsView): Draft {
  const [kept, setKept] = useState<Kept>(() => recall() ?? begin(live));
  const [past, setPast] = useState<Parts[]>([]);
  const changedAt = useRef(0);
  const changed = sameText(kept.now) !== sameText(kept.was);
  const sameBase = sameText(kept.was) === sameText(partsOf(live));
  const overtaken = !sameBase && changed && sameText(kept.now) !== sameText(partsOf(live));
  useEffect(() => {
    if (kept.version !== live.version && !overtaken) {
      setKept((before) => ({ version: live.version, was: partsOf(live), now: sameBase ? before.now : partsOf(live) }));
    }
  }, [kept.version, live, overtaken, sameBase]);
  useEffect(() => {
    if (changed) window.localStorage.setItem(KEPT, JSON.stringify(kept));
    else window.localStorage.removeItem(KEPT);
  }, [changed, kept]);
  const change = (now: Parts) => {
    // What is typed in one go is undone in one go.
    if (Date.now() - changedAt.current > ONE_GO_MS) setPast([...past.slice(1 - MOST_STEPS), kept.now]);
    changedAt.current = Date.now();
    setKept({ ...kept, now });
  };
  const undo = () => {
    const last = past.at(-1);
    if (last === undefined) return;
    setPast(past.slice(0, -1));
    changedAt.current = 0;
    setKept({ ...kept, now: last });
  };
  const discard = () => {
    setPast([]);
    setKept(begin(live));
  };
  const keepMine = () => setKept({ version: live.version, was: partsOf(live), now: kept.now });
  return { ...kept, changed, overtaken, change, undo: past.length > 0 ? undo : null, discard, keepMine };
}

const begin = (live: FlowsView): Kept => ({ version: live.version, was: partsOf(live), now: partsOf(live) });

function recall(): Kept | null {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEPT) ?? "null") as Kept | null;
    return kept?.now?.flows && kept.was?.flows ? kept : null;
  } catch {
    return null;
  }
}
