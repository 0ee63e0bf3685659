// A plain text field with line numbers, on which faults are marked; `jump` puts the cursor on a line.
import { type Ref, useImperativeHandle, useRef } from "react";
import type { Fault } from "./api";
import style from "./ConfigEditor.module.css";

const LINE_PX = 20;

export interface TextEditorHandle {
  jump: (line: number) => void;
}

interface Props {
  ref: Ref<TextEditorHandle>;
  value: string;
  change: (value: string) => void;
  faults: Fault[];
  label: string;
}

export function TextEditor({ ref, value, change, faults, label }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = value.split("\n");
  const faulty = new Set(faults.map((fault) => Number(fault.args.line)));
  const jump = (line: number) => {
    const field = area.current;
    if (!field) return;
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = Math.max(0, (line - 6) * LINE_PX);
  };
  useImperativeHandle(ref, () => ({ jump }));
  const scroll = () => {
    if (gutter.current && area.current) gutter.current.scrollTop = area.current.scrollTop;
  };
  return (
    <div className={`card ${style.frame}`}>
      <div ref={gutter} className={style.gutter} aria-hidden>
        {lines.map((_, at) => (
          <div key={at} data-fault={faulty.has(at + 1) || undefined}>
            {at + 1}
          </div>
        ))}
        <div style={{ height: 40 }} />
      </div>
      <textarea
        ref={area}
        className={style.area}
        aria-label={label}
        aria-invalid={faults.length > 0}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
        onScroll={scroll}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
      />
    </div>
  );
}
