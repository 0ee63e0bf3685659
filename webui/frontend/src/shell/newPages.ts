// The box got new pages while this one was open: what it still has to load is gone, so it starts anew.
const TRIED = "tipring-started-anew";
const TOO_SOON_MS = 60_000;

/** A page that lacks something even after that shows its error: it would start anew for ever. */
export function startAnewOnNewPages() {
  window.addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(TRIED));
    if (Date.now() - last < TOO_SOON_MS) return;
    sessionStorage.setItem(TRIED, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}
