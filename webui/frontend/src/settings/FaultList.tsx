// The faults of the text as sentences; a click puts the cursor where the fault is.
import { Icon } from "../Icon";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import style from "./ConfigEditor.module.css";
import type { Check } from "./useCheck";

interface Props {
  check: Check;
  changed: boolean;
  jump: (line: number) => void;
}

export function FaultList({ check, changed, jump }: Props) {
  const { t, count } = useWords();
  const { state, faults, problem } = check;
  const title = {
    checking: t("settings.checking"),
    good: changed ? t("settings.good-changed") : t("settings.good"),
    faulty: count("settings.faults", faults.length),
    unknown: t("settings.not-checked"),
  }[state];
  return (
    <div className="card" role="status" aria-live="polite">
      <div className={style.head} data-state={state}>
        <Icon name={state === "faulty" ? "alarm" : "check"} size={18} />
        {title}
      </div>
      {faults.map((fault, at) => (
        <button key={at} type="button" className={style.fault} onClick={() => jump(Number(fault.args.line ?? 1))}>
          <span>{fault.sentence}</span>
          <span className="small dim mono">
            {fault.args.line !== undefined && `${t("settings.line", { line: fault.args.line })} · `}
            {fault.args.key}
          </span>
        </button>
      ))}
      <ProblemNote problem={problem} />
    </div>
  );
}
