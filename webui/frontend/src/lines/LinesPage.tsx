// What is plugged in: every line with its identity, its test, and, in practice, somebody to call it.
import { Button, Loader } from "@mantine/core";
import { useEffect, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { Link } from "../Link";
import { isSipPhone, type LiveLine } from "../live/state";
import { useBoxEvents, useLive } from "../live/useLive";
import { listTrunks, type Trunk } from "../trunks/api";
import { TrunkDialog } from "../trunks/TrunkDialog";
import { useWords } from "../words/WordsProvider";
import { ProblemNote } from "../words/ProblemNote";
import { addLine, practiceLines } from "./api";
import { LineCard } from "./LineCard";
import { LineDialog } from "./LineDialog";
import style from "./LinesPage.module.css";
import { SoundCheck } from "./SoundCheck";

const LOOK_AT_PHONES_MS = 2000;

export default function LinesPage() {
  const { t } = useWords();
  const { box } = useLive();
  const practice = useAnswer(practiceLines, "");
  const trunks = useAnswer(listTrunks, String(box?.config_version ?? 0));
  const [editing, setEditing] = useState<Trunk | "new" | null>(null);
  const [setting, setSetting] = useState<string | null>(null);
  const [checking, setChecking] = useState<LiveLine | null>(null);
  const adopting = useAction(async (line: LiveLine) => {
    const { driver, identity = {} } = line.line;
    const device = driver === "gsm" ? identity.imei : identity.serial;
    const made = await addLine({ driver: driver === "gsm" ? "gsm" : "fxo", device: device ?? "", label: identity.model ?? "", number: null });
    setSetting(made.id);
  });
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
  const edit = (id: string) => {
    const trunk = trunks.value?.find((one) => one.id === id);
    return trunk && (() => setEditing(trunk));
  };
  if (box === null) return <Loader color="tip" aria-label={t("now.loading")} />;
  const lines = box.lines.filter((line) => !isSipPhone(line));
  return (
    <>
      <div className="row spread">
        <div className="grow">
          <h1>{t("nav.lines")}</h1>
          <p className="dim">{phones ? t("lines.practice-lead") : t("lines.lead")}</p>
        </div>
        {trunks.value && (
          <Button variant="default" onClick={() => setEditing("new")}>
            {t("trunks.add")}
          </Button>
        )}
      </div>
      {lines.length === 0 && (
        <Empty title={t("now.no-lines")}>
          <Link href="/settings">{t("nav.settings")}</Link>
        </Empty>
      )}
      <div className={style.grid}>
        {lines.map((line) => (
          <LineCard
            key={line.line.line_id}
            line={line}
            practice={practice.value?.find((one) => one.line_id === line.line.line_id) ?? null}
            changed={again}
            {...(isNew(line)
              ? { adopt: () => void adopting.run(line) }
              : {
                  edit: trunks.value ? () => setSetting(line.line.line_id) : undefined,
                  account: edit(line.line.line_id),
                  check: trunks.value && line.line.audio === "full" ? () => setChecking(line) : undefined,
                })}
          />
        ))}
      </div>
      <ProblemNote problem={adopting.problem} />
      {setting && <LineDialog id={setting} close={() => setSetting(null)} />}
      {checking && <SoundCheck id={checking.line.line_id} label={checking.label || checking.line.line_id} close={() => setChecking(null)} />}
      {editing && (
        <TrunkDialog trunk={editing === "new" ? null : editing} close={() => setEditing(null)} changed={trunks.again} />
      )}
    </>
  );
}

/** Plugged in, and no line of the office yet. */
const isNew = (line: LiveLine): boolean => line.line.health === "unassigned" && (line.line.driver === "gsm" || line.line.driver === "fxo");
