// One call: who with whom, what happened step by step, its recording, and what people add to it.
import { ActionIcon, Loader } from "@mantine/core";
import { useRef, useState } from "react";
import type { Me } from "../api/me";
import { useAction, useAnswer } from "../api/useAnswer";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { useBoxEvents, useLive } from "../live/useLive";
import { go } from "../routing";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type CallStory, deleteCall, readCall, starCall } from "./api";
import { Answers } from "./Answers";
import { CallFacts } from "./CallFacts";
import { CallLog } from "./CallLog";
import { CallNotes } from "./CallNotes";
import { DeleteWithReason } from "./DeleteWithReason";
import { seekTo } from "./Player";
import { RecordingCard } from "./RecordingCard";
import { Timeline } from "./Timeline";

const RELOAD_AFTER_MS = 400;

export function CallStoryPage({ id, me }: { id: string; me: Me }) {
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
        {story.value && me.role !== "agent" && <Star story={story.value} changed={story.again} />}
      </div>
      {story.loading && story.value === null && <Loader color="tip" />}
      {!live && <ProblemNote problem={story.problem} again={story.again} />}
      {story.value && (
        <Told story={story.value} steps={live?.story ?? story.value.steps} me={me} over={!live} changed={story.again} />
      )}
      {!story.value && live && <Timeline began={live.began_at} steps={live.story} />}
    </>
  );
}

function Star({ story, changed }: { story: CallStory; changed: () => void }) {
  const { t } = useWords();
  const starring = useAction(() => starCall(story.call.call_id, !story.starred).then(changed));
  return (
    <>
      <ActionIcon
        variant="subtle"
        size={36}
        aria-pressed={story.starred}
        aria-label={t("story.star")}
        title={t("story.star-hint")}
        loading={starring.busy}
        onClick={() => void starring.run()}
      >
        <Icon name="star" filled={story.starred} />
      </ActionIcon>
      <ProblemNote problem={starring.problem} />
    </>
  );
}

interface ToldProps {
  story: CallStory;
  steps: CallStory["steps"];
  me: Me;
  over: boolean;
  changed: () => void;
}

function Told({ story, steps, me, over, changed }: ToldProps) {
  const { t } = useWords();
  const audio = useRef<HTMLAudioElement>(null);
  const [heardMs, setHeardMs] = useState<number | null>(null);
  const { call, recording } = story;
  const mayListen = me.role !== "agent";
  const playable = mayListen && recording?.state === "packed";
  const jump = (ms: number) => {
    if (audio.current && recording) seekTo(audio.current, Math.max(0, (ms - recording.began_ms) / 1000));
  };
  return (
    <>
      <CallFacts story={story} />
      {recording && mayListen && (
        <RecordingCard recording={recording} audio={audio} owner={me.role === "owner"} heard={setHeardMs} changed={changed} />
      )}
      {mayListen && <Answers callId={call.call_id} />}
      <CallNotes story={story} me={me} changed={changed} />
      <Timeline began={call.began_at} steps={steps} heardMs={heardMs} jump={playable ? jump : undefined} />
      {mayListen && <CallLog story={story} />}
      {me.role === "owner" && over && (
        <div>
          <DeleteWithReason
            label={t("story.delete-all")}
            what={t("story.delete-all-what")}
            act={(reason) => deleteCall(call.call_id, reason)}
            done={() => go("/calls")}
          />
        </div>
      )}
    </>
  );
}
