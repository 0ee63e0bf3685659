// Sessions end after half an hour without use. Use is a hand on the page, not an open stream:
// so whoever only watches, but moves the mouse now and then, stays in.
import { useEffect } from "react";
import { ProblemError } from "../api/client";
import { readMe } from "../api/me";

const AT_MOST_EVERY_MS = 120_000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "scroll"] as const;

export function useStayingSignedIn(): void {
  useEffect(() => {
    let last = Date.now();
    const sign = () => {
      if (Date.now() - last < AT_MOST_EVERY_MS) return;
      last = Date.now();
      // A box that does not answer is the banner's business.
      readMe().catch((error: unknown) => {
        if (!(error instanceof ProblemError)) throw error;
      });
    };
    for (const name of SIGNS) window.addEventListener(name, sign, { passive: true });
    return () => {
      for (const name of SIGNS) window.removeEventListener(name, sign);
    };
  }, []);
}
