// What the draft would change, in plain words; publishing it, and taking that back.
import { Alert, Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../api/useAnswer";
import { restoreVersion } from "../settings/api";
import { ProblemNote } from "../words/ProblemNote";
import { ProveNote } from "../words/ProveNote";
import { useWords } from "../words/WordsProvider";
import { type FlowsView, publishFlows } from "./api";
import { differences } from "./compare";
import { partsOf } from "./draft";
import style from "./Flows.module.css";
import type { Draft } from "./useDraft";
import type { FlowCheck } from "./useFlowCheck";
import { useFlowWords } from "./wording";

interface Props {
  live: FlowsView;
  draft: Draft;
  check: FlowCheck;
  again: () => void;
}

/** The version that was live before the last publication of this page. */
let before: number | null = null;

export function Changes({ live, draft, check, again }: Props) {
  const { t } = useWords();
  const words = useFlowWords();
  const [comment, setComment] = useState("");
  const [published, setPublished] = useState<number | null>(null);
  const told = differences(partsOf(live), draft.now, { t, field: words.field });
  const publishing = useAction(async () => {
    const from = live.version;
    const done = await publishFlows({ ...draft.now, based_on: draft.version, comment } as never);
    before = from;
    setPublished(done.version);
    setComment("");
    again();
  });
  const takingBack = useAction(async () => {
    if (before === null) return;
    await restoreVersion(before);
    before = null;
    setPublished(null);
    draft.discard();
    again();
  });
  const discard = () => window.confirm(t("flows.discard-sure")) && draft.discard();
  return (
    <section className="stack" aria-label={t("flows.part-changes")}>
      {draft.overtaken && (
        <Alert color="ring" variant="light" role="alert">
          <p>{t("flows.overtaken")}</p>
          <div className="row" style={{ marginTop: 8 }}>
            <Button size="xs" variant="default" onClick={draft.keepMine}>
              {t("flows.keep-mine")}
            </Button>
            <Button size="xs" variant="default" onClick={draft.discard}>
              {t("flows.take-theirs")}
            </Button>
          </div>
        </Alert>
      )}
      {published !== null && (
        <p role="status" className={style.published}>
          {t("flows.published", { version: published })}
        </p>
      )}
      {told.length === 0 && <p className="dim">{t("flows.same")}</p>}
      {told.length > 0 && (
        <>
          <p className="small dim">{t("flows.changes-lead")}</p>
          <ul className={style.changes}>
            {told.map((sentence, at) => (
              <li key={at}>{sentence}</li>
            ))}
          </ul>
          <TextInput size="sm" label={t("settings.comment")} maxLength={200} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
        </>
      )}
      <ProblemNote problem={publishing.problem ?? takingBack.problem} />
      <ProveNote problem={publishing.problem} again={publishing.run} />
      <ProveNote problem={takingBack.problem} again={takingBack.run} />
      <div className="row">
        {told.length > 0 && (
          <Button disabled={check.state !== "good" || draft.overtaken} loading={publishing.busy} onClick={() => void publishing.run()}>
            {t("flows.publish")}
          </Button>
        )}
        {draft.changed && (
          <Button variant="default" onClick={discard}>
            {t("flows.discard")}
          </Button>
        )}
        {before !== null && told.length === 0 && (
          <Button variant="default" loading={takingBack.busy} onClick={() => void takingBack.run()}>
            {t("flows.take-back")}
          </Button>
        )}
      </div>
      <p className="small dim">{t("flows.draft-kept")}</p>
    </section>
  );
}
