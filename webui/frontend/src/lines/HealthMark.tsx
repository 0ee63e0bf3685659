// How a line fares, told by shape as well as by colour.
import type { LiveLine } from "../live/state";
import { useWords } from "../words/WordsProvider";

type Health = LiveLine["line"]["health"];

const MARKS: Record<Health, { color: string; path: string }> = {
  ready: { color: "var(--tip)", path: "M4 9l3.500 3.500L14 5.500" },
  starting: { color: "var(--amber)", path: "M9 4.500v5l3 2" },
  recovering: { color: "var(--amber)", path: "M13 9a4 4 0 1 1-1.500-3.100M13 3.500V6h-2.500" },
  "no-service": { color: "var(--ring)", path: "M5 5l8 8M13 5l-8 8" },
  "needs-attention": { color: "var(--ring)", path: "M9 4v6m0 3v.1" },
  absent: { color: "var(--dim)", path: "M5 9h8" },
  unassigned: { color: "var(--amber)", path: "M9 5v8M5 9h8" },
};

export function HealthMark({ health }: { health: Health }) {
  const { named } = useWords();
  const mark = MARKS[health];
  return (
    <svg width="22" height="22" viewBox="0 0 18 18" role="img" aria-label={named("health.", health)} style={{ flex: "none", color: mark.color }}>
      <circle cx="9" cy="9" r="8.500" fill="currentColor" opacity="0.16" />
      <path d={mark.path} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
