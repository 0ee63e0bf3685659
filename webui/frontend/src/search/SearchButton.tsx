// Opens the search over all settings; "/" and Ctrl+K do so from the keyboard.
import { lazy, Suspense, useEffect, useState } from "react";
import { Icon } from "../Icon";
import { useWords } from "../words/WordsProvider";

const SearchDialog = lazy(() => import("./SearchDialog"));

export function SearchButton({ className }: { className?: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const shortcut = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !isTyping(event.target));
      if (!shortcut || document.querySelector("[role=dialog]") !== null) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button type="button" className={className} aria-label={t("search.title")} title={`${t("search.title")} ( / )`} onClick={() => setOpen(true)}>
        <Icon name="search" />
      </button>
      {open && (
        <Suspense fallback={null}>
          <SearchDialog close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}
