// A line in one row: how it fares by shape, colour and word; its signal; whether it is in use.
import { Link } from "../Link";
import type { LiveLine } from "../live/state";
import { useWords } from "../words/WordsProvider";
import { HealthMark } from "./HealthMark";
import style from "./LineRow.module.css";
import { SignalBars } from "./SignalBars";

export function LineRow({ line }: { line: LiveLine }) {
  const { t, count, named, word } = useWords();
  const { line_id, health, why, signal_dbm, audio } = line.line;
  const well = health === "ready";
  return (
    <li className={style.line}>
      <HealthMark health={health} />
      <div className={style.words}>
        <Link href="/lines" className={style.label}>
          {line.label || line_id}
        </Link>
        <div className="small dim">
          {line.number && <span className="number">{line.number} · </span>}
          {well ? named("health.", health) : why ? word(why) : named("health.", health)}
          {well && audio === "half" && ` · ${t("lines.half-duplex")}`}
          {well && audio === "none" && ` · ${t("lines.sms-only")}`}
        </div>
      </div>
      {line.calls > 0 && <span className={style.busy}>{count("lines.calls", line.calls)}</span>}
      <SignalBars dbm={signal_dbm ?? null} />
    </li>
  );
}
