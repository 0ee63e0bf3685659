// tipring.toml: checked while you type, applied on trial, confirmed or going back by itself.
import { Button, Loader, NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { holdBack } from "../routing";
import { ProblemNote } from "../words/ProblemNote";
import { ProveNote } from "../words/ProveNote";
import { useWords } from "../words/WordsProvider";
import { applyConfig, type Config, readConfig } from "./api";
import style from "./ConfigEditor.module.css";
import { FaultList } from "./FaultList";
import { TextEditor, type TextEditorHandle } from "./TextEditor";
import { useCheck } from "./useCheck";

export default function ConfigEditor() {
  const { t } = useWords();
  const { box } = useLive();
  const config = useAnswer(readConfig, String(box?.config_version ?? 0));
  return (
    <>
      <ProblemNote problem={config.problem} again={config.again} />
      {config.value === null && config.loading && <Loader color="tip" aria-label={t("now.loading")} />}
      {config.value && <Editor live={config.value} />}
    </>
  );
}

const TRIALS = ["30", "60", "300", ""] as const;

function Editor({ live }: { live: Config }) {
  const { t } = useWords();
  const [base, setBase] = useState(live);
  const [text, setText] = useState(live.toml);
  const [comment, setComment] = useState("");
  const [trial, setTrial] = useState<string>("60");
  const area = useRef<TextEditorHandle>(null);
  const changed = text !== base.toml;
  const check = useCheck(text);
  const overtaken = changed && live.version !== base.version && live.toml !== text;
  useEffect(() => {
    // Without own changes the newest text is shown; own changes are never thrown away.
    if (live.version !== base.version && (text === base.toml || text === live.toml)) {
      setBase(live);
      setText(live.toml);
    }
  }, [live, base, text]);
  useEffect(() => (changed ? holdBack(() => window.confirm(t("settings.leave-sure"))) : undefined), [changed, t]);
  const applying = useAction(async () => {
    await applyConfig({
      toml: text,
      comment,
      based_on: base.version,
      confirm_within_s: trial === "" ? null : Number(trial),
    });
    setBase({ ...base, toml: text });
    setComment("");
  });
  const undo = () => {
    setBase(live);
    setText(live.toml);
    applying.forget();
  };
  return (
    <section className={style.editor} aria-label={t("settings.part-text")}>
      <TextEditor ref={area} value={text} change={setText} faults={check.faults} label="tipring.toml" />
      <div className="stack">
        <FaultList check={check} changed={changed} jump={(line) => area.current?.jump(line)} />
        {overtaken && <p className={style.overtaken}>{t("settings.overtaken")}</p>}
        <div className={`card pad ${style.apply}`}>
          <TextInput
            size="sm"
            label={t("settings.comment")}
            maxLength={200}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          <NativeSelect
            size="sm"
            label={t("settings.trial")}
            value={trial}
            onChange={(event) => setTrial(event.currentTarget.value)}
            data={TRIALS.map((value) => ({
              value,
              label: value === "" ? t("settings.trial-none") : t("practice.seconds", { s: value }),
            }))}
          />
          <ProblemNote problem={applying.problem} />
          <ProveNote problem={applying.problem} again={applying.run} />
          <div className="row">
            <Button
              disabled={!changed || check.state !== "good"}
              loading={applying.busy}
              onClick={() => void applying.run()}
            >
              {t("settings.apply")}
            </Button>
            <Button variant="default" disabled={!changed} onClick={undo}>
              {t("settings.undo")}
            </Button>
          </div>
          <p className="small dim">{t("settings.version", { version: base.version })}</p>
        </div>
      </div>
    </section>
  );
}
