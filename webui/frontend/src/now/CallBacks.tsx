// Whom flows have promised a call that is still owed; shown only while there is somebody.
import { Button } from "@mantine/core";
import { readMe } from "../api/me";
import { useAction, useAnswer } from "../api/useAnswer";
import { Link } from "../Link";
import { useBoxEvents } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { cancelCallBack, readCallBacks } from "../flows/api";

const RELOAD_AFTER_MS = 500;

export function CallBacks() {
  const me = useAnswer(readMe, "").value;
  return me === null || me.role === "agent" ? null : <Owed />;
}

function Owed() {
  const { t, moment } = useWords();
  const owed = useAnswer(readCallBacks, "");
  useBoxEvents((event) => {
    if (event.what === "call" && event.call.phase === "ended") setTimeout(owed.again, RELOAD_AFTER_MS);
  });
  const cancelling = useAction(async (id: string) => {
    await cancelCallBack(id);
    owed.again();
  });
  if (!owed.value?.length) return null;
  return (
    <section className="card pad stack" aria-label={t("flows.owed")}>
      <h2>{t("flows.owed")}</h2>
      <p className="small dim">{t("flows.owed-lead")}</p>
      <ProblemNote problem={cancelling.problem} />
      {owed.value.map((one) => (
        <div key={one.call_back_id} className="row spread">
          <span>
            <Link href={`/calls/${one.call_id}`}>
              <strong className="number">{one.name ?? one.number}</strong>
            </Link>{" "}
            <span className="small dim">{t("flows.owed-tries", { asked: moment(one.asked_at), tries: one.tries ?? 0, most: one.most_tries })}</span>
          </span>
          <Button size="compact-sm" variant="subtle" color="ring" loading={cancelling.busy} onClick={() => void cancelling.run(one.call_back_id)}>
            {t("flows.owed-cancel")}
          </Button>
        </div>
      ))}
    </section>
  );
}
