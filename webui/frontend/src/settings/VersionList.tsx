// Every configuration that was live: who, when, why, what changed; any of them can come back.
import { Button, Loader } from "@mantine/core";
import { useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { ProveNote } from "../words/ProveNote";
import { useWords } from "../words/WordsProvider";
import { listVersions, readDifference, restoreVersion, type Version } from "./api";
import style from "./VersionList.module.css";

export default function VersionList() {
  const { t } = useWords();
  const { box } = useLive();
  const versions = useAnswer(listVersions, String(box?.config_version ?? 0));
  return (
    <>
      <ProblemNote problem={versions.problem} again={versions.again} />
      {versions.value === null && versions.loading && <Loader color="tip" />}
      {versions.value?.length === 0 && <Empty title={t("versions.none")} />}
      {versions.value?.map((version, at) => (
        <VersionCard key={version.number} version={version} live={at === 0} changed={versions.again} />
      ))}
    </>
  );
}

interface CardProps {
  version: Version;
  live: boolean;
  changed: () => void;
}

function VersionCard({ version, live, changed }: CardProps) {
  const { t, moment } = useWords();
  const [open, setOpen] = useState(false);
  const restoring = useAction(async () => {
    await restoreVersion(version.number);
    changed();
  });
  const restore = () => {
    if (window.confirm(t("versions.restore-sure", { version: version.number }))) void restoring.run();
  };
  const why = version.restored ? t("versions.restored", { version: version.restored }) : version.comment;
  return (
    <article className="card pad stack">
      <div className="row spread">
        <div>
          <strong>{t("versions.version", { version: version.number })}</strong>
          {live && <span className={style.live}>{t("versions.live")}</span>}
          <div className="small dim">
            {version.who} · {moment(version.at)}
            {why && ` · ${why}`}
          </div>
        </div>
        <div className="row">
          <Button size="xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t("versions.changes")}
          </Button>
          {!live && (
            <Button size="xs" variant="light" loading={restoring.busy} onClick={restore}>
              {t("versions.restore")}
            </Button>
          )}
        </div>
      </div>
      <ProblemNote problem={restoring.problem} />
      <ProveNote problem={restoring.problem} again={restoring.run} />
      {open && <Changes version={version.number} />}
    </article>
  );
}

function Changes({ version }: { version: number }) {
  const { t, word } = useWords();
  const difference = useAnswer(() => readDifference(version), String(version));
  if (difference.problem) return <ProblemNote problem={difference.problem} again={difference.again} />;
  if (difference.value === null) return <Loader size="sm" color="tip" />;
  const { text, changes = [] } = difference.value;
  if (text === "") return <p className="dim">{t("versions.same")}</p>;
  return (
    <>
      <ul className={style.changes}>
        {changes.map((change, at) => (
          <li key={at}>{word(change)}</li>
        ))}
      </ul>
      <details open={changes.length === 0}>
        <summary className="small dim">{t("versions.as-text")}</summary>
        <pre className={style.diff}>
          {text.split("\n").map((line, at) => (
            <div key={at} data-sign={line.startsWith("+++") || line.startsWith("---") ? "@" : line[0]}>
              {line || " "}
            </div>
          ))}
        </pre>
      </details>
    </>
  );
}
