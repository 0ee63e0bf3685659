// Field strength as five bars, and in figures for whoever points at it.
import { useWords } from "../words/WordsProvider";

const STEPS_DBM = [-109, -101, -93, -85, -73];

export function SignalBars({ dbm }: { dbm: number | null }) {
  const { t } = useWords();
  if (dbm === null) return null;
  const label = t("lines.signal", { dbm });
  return (
    <svg width="26" height="18" viewBox="0 0 26 18" role="img" aria-label={label} style={{ flex: "none" }}>
      <title>{label}</title>
      {STEPS_DBM.map((step, at) => (
        <rect
          key={step}
          x={at * 5 + 1}
          y={14 - at * 3}
          width="3.500"
          height={4 + at * 3}
          rx="1"
          fill={dbm >= step ? "var(--tip)" : "var(--line)"}
        />
      ))}
    </svg>
  );
}
