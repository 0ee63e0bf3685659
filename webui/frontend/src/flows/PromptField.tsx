// Which prompt a step plays, and the prompt itself: typed, uploaded or recorded, heard before it is live.
import { Button, NativeSelect, Textarea } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";
import { useAction } from "../api/useAnswer";
import { uploadSound } from "../settings/api";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type FlowsView, soundUrl, speakText } from "./api";
import { freeName, type Json, type Parts, shownName, type Spoken } from "./draft";
import style from "./Flows.module.css";
import { PhoneRecorder } from "./PhoneRecorder";
import { canRecord, record, type Recording } from "./recording";

const NEW = "new:";

interface Props {
  live: FlowsView;
  parts: Parts;
  change: (parts: Parts) => void;
  name: string;
  field: { name: string; required: boolean; default?: unknown };
  label: string;
  hint: string;
  error?: ReactNode;
  value: string;
  set: (value: Json | undefined) => void;
}

export function PromptField({ live, parts, change, name, field, label, hint, error, value, set }: Props) {
  const { t } = useWords();
  const usual = typeof field.default === "string" ? field.default : "";
  const prompt = value || usual;
  const choose = (chosen: string) => set(chosen === usual ? undefined : chosen === NEW ? freeName(name, { ...parts.prompts, ...live.built_in }) : chosen);
  const own = Object.keys(parts.prompts);
  const builtIn = Object.keys(live.built_in).filter((one) => !own.includes(one));
  const fresh = prompt !== "" && !own.includes(prompt) && !builtIn.includes(prompt) ? [prompt] : [];
  const item = (one: string) => ({ value: one, label: shownName(one) });
  const put = (language: string, spoken: Spoken | null) => {
    const { [language]: _old, ...rest } = parts.prompts[prompt] ?? {};
    const said = spoken === null ? rest : { ...rest, [language]: spoken };
    const { [prompt]: _gone, ...others } = parts.prompts;
    change({ ...parts, prompts: Object.keys(said).length > 0 ? { ...parts.prompts, [prompt]: said } : others });
  };
  const sayOneself = () => {
    const said = live.built_in[prompt] ?? {};
    const typed = Object.fromEntries(Object.entries(said).map(([language, text]) => [language, { text }]));
    change({ ...parts, prompts: { ...parts.prompts, [prompt]: typed } });
  };
  return (
    <div className={style.prompt}>
      <NativeSelect
        size="sm"
        label={label}
        description={hint}
        error={error}
        value={prompt}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          ...(prompt === "" || !field.required ? [{ value: "", label: t(field.required ? "flows.choose" : "flows.nothing") }] : []),
          { value: NEW, label: `+ ${t("flows.prompt-new")}` },
          { group: t("flows.prompts-own"), items: [...fresh, ...own].map(item) },
          { group: t("flows.prompts-built-in"), items: builtIn.map(item) },
        ]}
      />
      {builtIn.includes(prompt) && (
        <div className="stack" style={{ gap: 8 }}>
          {live.languages.map((language) => (
            <BuiltIn key={language} language={language} text={live.built_in[prompt]?.[language] ?? ""} />
          ))}
          <Button size="compact-sm" variant="default" onClick={sayOneself} style={{ justifySelf: "start" }}>
            {t("flows.prompt-own")}
          </Button>
        </div>
      )}
      {prompt !== "" &&
        !builtIn.includes(prompt) &&
        live.languages.map((language) => (
          <SpokenField key={`${prompt} ${language}`} language={language} spoken={parts.prompts[prompt]?.[language]} put={(spoken) => put(language, spoken)} />
        ))}
    </div>
  );
}

function BuiltIn({ language, text }: { language: string; text: string }) {
  return (
    <div className="row">
      <span className="small grow">
        <span className="dim">{language}</span> {text}
      </span>
      {text !== "" && <Listen spoken={{ text }} language={language} />}
    </div>
  );
}

export function SpokenField({ language, spoken, put }: { language: string; spoken: Spoken | undefined; put: (spoken: Spoken | null) => void }) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const uploading = useAction(async (file: File) => put({ sound: (await uploadSound(file)).sound }));
  return (
    <div className={style.spoken}>
      {spoken?.sound === undefined ? (
        <Textarea
          size="sm"
          autosize
          minRows={2}
          label={t("flows.prompt-text", { language })}
          maxLength={2000}
          value={spoken?.text ?? ""}
          onChange={(event) => put(event.currentTarget.value === "" ? null : { text: event.currentTarget.value })}
        />
      ) : (
        <p className="small">
          {language}: {t("flows.prompt-sound")}
        </p>
      )}
      <div className="row">
        {spoken && <Listen spoken={spoken} language={language} />}
        <input
          ref={input}
          type="file"
          accept="audio/*,.wav,.flac,.ogg,.mp3"
          hidden
          aria-label={t("flows.prompt-upload")}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void uploading.run(file);
            event.currentTarget.value = "";
          }}
        />
        <Button size="compact-sm" variant="default" loading={uploading.busy} onClick={() => input.current?.click()}>
          {t("flows.prompt-upload")}
        </Button>
        <PhoneRecorder take={(sound) => put({ sound })} language={language} />
        <Record take={(file) => void uploading.run(file)} />
        {spoken?.sound !== undefined && (
          <Button size="compact-sm" variant="subtle" onClick={() => put(null)}>
            {t("flows.prompt-type")}
          </Button>
        )}
      </div>
      <ProblemNote problem={uploading.problem} />
    </div>
  );
}

/** What callers will hear, played now. */
export function Listen({ spoken, language }: { spoken: Spoken; language: string }) {
  const { t } = useWords();
  const listening = useAction(async () => {
    const sound = spoken.sound ?? (await speakText(spoken.text ?? "", language)).sound;
    await new Audio(soundUrl(sound)).play().catch(() => undefined);
  });
  return (
    <>
      <Button size="compact-sm" variant="light" loading={listening.busy} onClick={() => void listening.run()}>
        {t("flows.prompt-listen")}
      </Button>
      <ProblemNote problem={listening.problem} />
    </>
  );
}

function Record({ take }: { take: (file: File) => void }) {
  const { t } = useWords();
  const [running, setRunning] = useState<Recording | null>(null);
  const [refused, setRefused] = useState(!canRecord());
  const turn = async () => {
    if (running !== null) {
      setRunning(null);
      take(await running.stop());
      return;
    }
    const begun = await record().catch(() => null);
    setRunning(begun);
    setRefused(begun === null);
  };
  return (
    <>
      <Button size="compact-sm" variant={running ? "filled" : "default"} color={running ? "ring" : undefined} disabled={refused && running === null} onClick={() => void turn()}>
        {t(running ? "flows.prompt-stop" : "flows.prompt-record")}
      </Button>
      {refused && <span className="small dim">{t("flows.no-microphone")}</span>}
    </>
  );
}
