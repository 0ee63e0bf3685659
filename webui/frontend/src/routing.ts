// The address bar as state: which page, which call. Fifty lines instead of a library.
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let blocked: (() => boolean) | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

/** The path's parts: `/calls/01J…` is ["calls", "01J…"]. */
export function usePath(): string[] {
  const path = useSyncExternalStore(subscribe, () => window.location.pathname);
  return path.split("/").filter(Boolean);
}

export function go(path: string): void {
  if (path === window.location.pathname || (blocked !== null && !blocked())) return;
  window.history.pushState(null, "", path);
  for (const listener of listeners) listener();
  window.scrollTo(0, 0);
}

/** Ask before leaving the page; `leave` returns whether that is all right. Returns how to undo it. */
export function holdBack(leave: () => boolean): () => void {
  const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
  blocked = leave;
  window.addEventListener("beforeunload", onUnload);
  return () => {
    blocked = null;
    window.removeEventListener("beforeunload", onUnload);
  };
}
