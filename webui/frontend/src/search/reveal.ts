// After a page has come up, its field that was searched for: in sight, and with the cursor in it.
import { plain } from "./find";

const LOOK_EVERY_MS = 100;
const LOOK_FOR_MS = 4_000;

export function reveal(label: string): void {
  const until = Date.now() + LOOK_FOR_MS;
  const looking = setInterval(() => {
    const found = whereIs(label);
    if (found) show(found);
    if (found || Date.now() > until) clearInterval(looking);
  }, LOOK_EVERY_MS);
}

function whereIs(label: string): HTMLElement | undefined {
  const wanted = plain(label);
  const named = document.querySelectorAll<HTMLElement>("main label, main legend, main h2, main summary, main button");
  return [...named].find((one) => plain(one.textContent ?? "").trim().startsWith(wanted));
}

function show(found: HTMLElement): void {
  const folded = found.closest("details");
  if (folded) folded.open = true;
  const control = found instanceof HTMLLabelElement ? found.control : found instanceof HTMLButtonElement ? found : null;
  found.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
}
