// Help for each page, in the reader's language.
import { Loader } from "@mantine/core";
import { type MouseEvent, useEffect, useState } from "react";
import { Link } from "../Link";
import { go, usePath } from "../routing";
import { useWords } from "../words/WordsProvider";
import type { LabelKey } from "../words/words";
import style from "./HelpPage.module.css";

const TOPICS: [string, LabelKey][] = [
  ["first-run", "nav.setup"],
  ["now", "nav.now"],
  ["calls", "nav.calls"],
  ["voicemail", "nav.voicemail"],
  ["phones", "nav.phones"],
  ["toll-guard", "phones.part-dialling"],
  ["incoming", "nav.incoming"],
  ["flows", "nav.flows"],
  ["lines", "nav.lines"],
  ["settings", "nav.settings"],
  ["recording", "settings.part-recording"],
  ["mail", "settings.part-mail"],
  ["people", "settings.part-people"],
  ["backup", "settings.part-backup"],
  ["bundles", "settings.part-bundles"],
  ["programs", "settings.part-programs"],
];
const PAGES = import.meta.glob("@help/**/*.md") as Record<string, () => Promise<{ default: string }>>;

function loader(language: string, topic: string) {
  const find = (code: string) => Object.keys(PAGES).find((path) => path.endsWith(`/${code}/${topic}.md`));
  const path = find(language) ?? find("en");
  return path === undefined ? undefined : PAGES[path];
}

export default function HelpPage() {
  const { t, language } = useWords();
  const topic = usePath()[1] ?? "now";
  const [html, setHtml] = useState<string | null>(null);
  useEffect(() => {
    let stale = false;
    const load = loader(language, topic);
    if (load) void load().then((page) => stale || setHtml(page.default));
    return () => {
      stale = true;
    };
  }, [language, topic]);
  const follow = (event: MouseEvent<HTMLElement>) => {
    const href = event.target instanceof HTMLAnchorElement ? event.target.getAttribute("href") : null;
    if (!href?.startsWith("/")) return;
    event.preventDefault();
    go(href);
  };
  return (
    <>
      <nav className="row" aria-label={t("nav.help")}>
        {TOPICS.map(([name, label]) => (
          <Link
            key={name}
            href={`/help/${name}`}
            className={style.topic}
            aria-current={name === topic ? "page" : undefined}
          >
            {t(label)}
          </Link>
        ))}
      </nav>
      {html === null ? (
        <Loader color="tip" />
      ) : (
        // Ours alone: made from docs/help when the pages were built.
        <article className={`card ${style.text}`} onClick={follow} dangerouslySetInnerHTML={{ __html: html }} />
      )}
    </>
  );
}
