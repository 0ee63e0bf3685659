// When the office is open: the week, single days, holidays; and closures for once.
import { Button, Loader } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { readHours, readRouting, type TimetableView } from "./api";
import { ClosureList } from "./ClosureList";
import { weekWords } from "./days";
import { spaced } from "./DestinationSelect";
import { HoursDialog } from "./HoursDialog";
import style from "./Incoming.module.css";

export function HoursPart() {
  const { t } = useWords();
  const { box } = useLive();
  const version = String(box?.config_version ?? 0);
  const hours = useAnswer(readHours, version);
  const routing = useAnswer(readRouting, version);
  const [editing, setEditing] = useState<TimetableView | "new" | null>(null);
  const now = hours.value;
  if (now === null) return hours.loading ? <Loader color="tip" /> : <ProblemNote problem={hours.problem} again={hours.again} />;
  return (
    <>
      <div className="row spread">
        <p className="dim grow">{t("hours.lead")}</p>
        <Button variant="default" onClick={() => setEditing("new")}>
          {t("hours.add")}
        </Button>
      </div>
      {now.timetables.length === 0 && <Empty title={t("hours.none")} />}
      {now.timetables.length > 0 && (
        <ul className={`card plain ${style.rules}`} aria-label={t("incoming.part-hours")}>
          {now.timetables.map((one) => (
            <TimetableRow key={one.name} one={one} edit={() => setEditing(one)} />
          ))}
        </ul>
      )}
      {routing.value && <ClosureList now={now} places={routing.value} changed={hours.again} />}
      {editing && <HoursDialog one={editing === "new" ? null : editing} now={now} close={() => setEditing(null)} changed={hours.again} />}
    </>
  );
}

function TimetableRow({ one, edit }: { one: TimetableView; edit: () => void }) {
  const { t, word, language } = useWords();
  const week = weekWords(one.hours, language);
  return (
    <li className={style.rule}>
      <div className="grow">
        <strong>{spaced(one.name)}</strong>{" "}
        <span className={style.mark} data-closed={!one.is_open || undefined}>
          {t(one.is_open ? "hours.open-now" : "hours.closed-now")}
        </span>
        <div className="small dim">{week.length > 0 ? week.join(" · ") : t("hours.never")}</div>
        <div className="small dim">{word(one.why)}</div>
      </div>
      <Button size="xs" variant="default" onClick={edit}>
        {t("phones.edit")}
      </Button>
    </li>
  );
}
