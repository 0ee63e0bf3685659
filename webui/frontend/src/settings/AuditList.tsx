// Who did what, and when.
import { Loader } from "@mantine/core";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { listAudit } from "./api";
import style from "./AuditList.module.css";

export default function AuditList() {
  const { t, word, moment } = useWords();
  const audit = useAnswer(listAudit, "");
  if (audit.value === null && audit.loading) return <Loader color="tip" />;
  return (
    <>
      <ProblemNote problem={audit.problem} again={audit.again} />
      {audit.value?.length === 0 && <Empty title={t("audit.none")} />}
      {audit.value && audit.value.length > 0 && (
        <ul className="plain card">
          {audit.value.map((entry) => (
            <li key={entry.audit_id} className={style.entry}>
              <span className="number small dim">{moment(entry.at)}</span>
              <strong>{entry.who}</strong>
              <span>{word(entry.what)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
