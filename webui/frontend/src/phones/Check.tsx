// A box to tick, with the sentence that says what it does.
import type { ReactNode } from "react";
import style from "./Phones.module.css";

interface Props {
  label: string;
  checked: boolean;
  change: (checked: boolean) => void;
  hint?: ReactNode;
}

export function Check({ label, checked, change, hint }: Props) {
  return (
    <label className={style.check}>
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      <span>
        {label}
        {hint && <span className="small dim">{hint}</span>}
      </span>
    </label>
  );
}
