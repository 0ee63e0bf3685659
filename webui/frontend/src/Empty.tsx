// An empty place says what would stand here, and what to do next.
import type { ReactNode } from "react";

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="card pad" style={{ padding: "32px 20px", textAlign: "center" }}>
      <svg width="72" height="24" viewBox="0 0 72 24" fill="none" strokeWidth="2.5" strokeLinecap="round" aria-hidden>
        <path d="M2 7h18c9 0 9 10 18 10h8" stroke="var(--wire)" />
        <path d="M2 17h18c9 0 9-10 18-10h8" stroke="var(--wire)" />
        <path d="M58 7h12M58 17h12" stroke="var(--wire)" strokeDasharray="1 5" />
      </svg>
      <h2 style={{ margin: "8px 0 4px" }}>{title}</h2>
      <div className="dim">{children}</div>
    </div>
  );
}
