// What is going on at this moment: alarms, calls in progress, how the lines fare.
import { Loader } from "@mantine/core";
import { Empty } from "../Empty";
import { LineRow } from "../lines/LineRow";
import { Link } from "../Link";
import { isSipPhone } from "../live/state";
import { useBoxTime, useLive } from "../live/useLive";
import { WentBackNote } from "../settings/WentBackNote";
import { useWords } from "../words/WordsProvider";
import { AlarmNote } from "./AlarmNote";
import { CallBacks } from "./CallBacks";
import { LiveCallCard } from "./LiveCallCard";
import style from "./NowPage.module.css";
import { OpeningSwitch } from "./OpeningSwitch";

export default function NowPage() {
  const { t, count } = useWords();
  const { box } = useLive();
  const now = useBoxTime();
  if (box === null) return <Loader color="tip" aria-label={t("now.loading")} />;
  const lines = box.lines.filter((line) => !isSipPhone(line));
  const ready = lines.filter((line) => line.line.health === "ready").length;
  return (
    <>
      <div className="row spread">
        <div className="grow">
          <h1>{box.calls.length > 0 ? count("now.calls", box.calls.length) : t("now.quiet")}</h1>
          <p className="dim">{t("now.lines-ready", { ready, all: lines.length })}</p>
        </div>
        <OpeningSwitch opening={box.opening} />
      </div>
      <WentBackNote />
      {box.alarms.map((alarm) => (
        <AlarmNote key={`${alarm.text.code} ${alarm.line_id}`} alarm={alarm} />
      ))}
      <CallBacks />
      <div className={style.columns}>
        <section className="stack" aria-label={t("now.calls-title")}>
          {box.calls.length === 0 && (
            <Empty title={t("now.no-calls")}>
              <p>{t("now.no-calls-hint")}</p>
              <p>
                <Link href="/lines">{t("now.no-calls-link")}</Link>
              </p>
            </Empty>
          )}
          {box.calls.map((call) => (
            <LiveCallCard key={call.call_id} call={call} lines={box.lines} now={now} />
          ))}
        </section>
        <section aria-label={t("now.lines-title")} className="card">
          <ul className="plain">
            {lines.map((line) => (
              <LineRow key={line.line.line_id} line={line} />
            ))}
          </ul>
          {lines.length === 0 && (
            <p className="pad dim">
              {t("now.no-lines")} <Link href="/settings">{t("nav.settings")}</Link>
            </p>
          )}
        </section>
      </div>
    </>
  );
}
