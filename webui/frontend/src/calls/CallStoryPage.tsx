// One call: who with whom, what happened step by step, and its recording.
import { Button, Loader } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { useBoxEvents, useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type CallStory, deleteRecording, readCall, readPeaks, recordingUrl } from "./api";
import { CallFacts } from "./CallFacts";
import { Player, seekTo } from "./Player";
import { Timeline } from "./Timeline";

const RELOAD_AFTER_MS = 400;
const LOOK_AGAIN_MS = 1500;

export function CallStoryPage({ id }: { id: string }) {
  const { t } = useWords();
  const { box } = useLive();
  const story = useAnswer(() => readCall(id), id);
  useBoxEvents((event) => {
    if (event.what === "call" && event.call.call_id === id && event.call.phase === "ended") {
      setTimeout(story.again, RELOAD_AFTER_MS);
    }
  });
  const live = box?.calls.find((call) => call.call_id === id);
  return (
    <>
      <div className="row">
        <Link href="/calls" aria-label={t("story.back")}>
          <Icon name="back" />
        </Link>
        <h1>{t("story.title")}</h1>
      </div>
      {story.loading && story.value === null && <Loader color="tip" />}
      {!live && <ProblemNote problem={story.problem} again={story.again} />}
      {story.value && <Told story={story.value} steps={live?.story ?? story.value.steps} changed={story.again} />}
      {!story.value && live && <Timeline began={live.began_at} steps={live.story} />}
    </>
  );
}

interface ToldProps {
  story: CallStory;
  steps: CallStory["steps"];
  changed: () => void;
}

function Told({ story, steps, changed }: ToldProps) {
  const { t, number } = useWords();
  const audio = useRef<HTMLAudioElement>(null);
  const [heardMs, setHeardMs] = useState<number | null>(null);
  const { call, recording } = story;
  const playable = recording?.state === "packed";
  const coming = recording?.state === "recorded";
  useEffect(() => {
    if (!coming) return;
    const looking = setInterval(changed, LOOK_AGAIN_MS);
    return () => clearInterval(looking);
  }, [coming, changed]);
  const deleting = useAction(async () => {
    if (!window.confirm(t("story.delete-sure"))) return;
    await deleteRecording(call.call_id);
    changed();
  });
  const jump = (ms: number) => {
    if (audio.current && recording) seekTo(audio.current, Math.max(0, (ms - recording.began_ms) / 1000));
  };
  return (
    <>
      <CallFacts story={story} />
      {recording && (
        <section className="card pad stack" aria-label={t("story.recording")}>
          {playable ? (
            <Player
              audio={audio}
              url={recordingUrl(call.call_id)}
              peaks={() => readPeaks(call.call_id)}
              onTime={(seconds) => setHeardMs(recording.began_ms + seconds * 1000)}
            />
          ) : (
            <p className="dim">{t(`recording.${recording.state}` as "recording.writing")}</p>
          )}
          <div className="row spread small dim">
            <span>
              {recording.announcement &&
                t(recording.announcement_complete ? "story.announced" : "story.announced-partly", {
                  time: `${number(recording.announcement_played_ms / 1000)}\u00a0s`,
                })}
            </span>
            {playable && (
              <Button
                size="compact-xs"
                variant="subtle"
                color="ring"
                loading={deleting.busy}
                onClick={() => void deleting.run()}
              >
                {t("story.delete")}
              </Button>
            )}
          </div>
          <ProblemNote problem={deleting.problem} />
        </section>
      )}
      <Timeline began={call.began_at} steps={steps} heardMs={heardMs} jump={playable ? jump : undefined} />
    </>
  );
}
