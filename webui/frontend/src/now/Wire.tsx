// A call drawn as its two wires: broken while it rings, twisted once somebody or something is there.
import { useId } from "react";
import type { LiveCall } from "../live/state";
import style from "./Wire.module.css";

const TWIST = "M0 4C12 4 12 16 24 16S36 4 48 4";
const COUNTER = "M0 16C12 16 12 4 24 4S36 16 48 16";

export function Wire({ phase }: { phase: LiveCall["phase"] }) {
  const id = useId();
  const open = phase === "ringing" || phase === "connecting";
  return (
    <svg className={style.wire} data-open={open || undefined} aria-hidden>
      <defs>
        <pattern id={id} width="48" height="20" patternUnits="userSpaceOnUse">
          <path d={open ? "M0 6H48" : TWIST} className={style.tip} />
          <path d={open ? "M0 14H48" : COUNTER} className={style.ring} />
        </pattern>
      </defs>
      <rect x="-48" width="3000" height="20" fill={`url(#${id})`} className={style.flow} data-phase={phase} />
    </svg>
  );
}
