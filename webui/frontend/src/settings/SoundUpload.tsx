// A sound for a prompt: uploaded here, named in the configuration by its content.
import { Button } from "@mantine/core";
import { type ChangeEvent, useRef, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import { type Sound, uploadSound } from "./api";

interface Kept extends Sound {
  file: string;
}

export default function SoundUpload() {
  const { t, language } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [kept, setKept] = useState<Kept[]>([]);
  const uploading = useAction(async (file: File) => {
    const sound = await uploadSound(file);
    setKept((before) => [{ ...sound, file: file.name }, ...before]);
  });
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    if (file) void uploading.run(file);
    event.currentTarget.value = "";
  };
  return (
    <section className="card pad stack">
      <p>{t("sounds.lead")}</p>
      <div>
        <input ref={input} type="file" accept="audio/*,.wav,.flac,.ogg,.mp3" hidden onChange={pick} />
        <Button loading={uploading.busy} onClick={() => input.current?.click()}>
          {t("sounds.choose")}
        </Button>
      </div>
      <ProblemNote problem={uploading.problem} />
      {kept.map((sound) => (
        <div key={sound.sound}>
          <strong>{sound.file}</strong> <span className="dim number">{clockTime(sound.duration_ms / 1000)}</span>
          <p className="small dim">{t("sounds.paste")}</p>
          <pre className="mono" style={{ margin: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {`${language}.sound = "${sound.sound}"`}
          </pre>
        </div>
      ))}
    </section>
  );
}
