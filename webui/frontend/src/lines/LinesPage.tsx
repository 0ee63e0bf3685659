// What is plugged in: every line with its identity, its test, and, in practice, somebody to call it.
import { Loader } from "@mantine/core";
import { useEffect } from "react";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { Link } from "../Link";
import { useBoxEvents, useLive } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import { practiceLines } from "./api";
import { LineCard } from "./LineCard";
import style from "./LinesPage.module.css";

const LOOK_AT_PHONES_MS = 2000;

export default function LinesPage() {
  const { t } = useWords();
  const { box } = useLive();
  const practice = useAnswer(practiceLines, "");
  const again = practice.again;
  useBoxEvents((event) => {
    if (event.what === "call") again();
  });
  const phones = practice.value?.some((line) => line.phone) ?? false;
  useEffect(() => {
    if (!phones) return;
    const looking = setInterval(again, LOOK_AT_PHONES_MS);
    return () => clearInterval(looking);
  }, [phones, again]);
  if (box === null) return <Loader color="tip" aria-label={t("now.loading")} />;
  return (
    <>
      <div>
        <h1>{t("nav.lines")}</h1>
        <p className="dim">{phones ? t("lines.practice-lead") : t("lines.lead")}</p>
      </div>
      {box.lines.length === 0 && (
        <Empty title={t("now.no-lines")}>
          <Link href="/settings">{t("nav.settings")}</Link>
        </Empty>
      )}
      <div className={style.grid}>
        {box.lines.map((line) => (
          <LineCard
            key={line.line.line_id}
            line={line}
            practice={practice.value?.find((one) => one.line_id === line.line.line_id) ?? null}
            changed={again}
          />
        ))}
      </div>
    </>
  );
}
