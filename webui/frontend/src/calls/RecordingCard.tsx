// The recording of one call: to hear, to take away, to delete; or why there is nothing to hear.
import { Button, Menu } from "@mantine/core";
import { type RefObject, useEffect } from "react";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type CallStory, deleteRecording, fileUrl, readPeaks, recordingUrl, takeFile } from "./api";
import { DeleteWithReason } from "./DeleteWithReason";
import { Player } from "./Player";

const LOOK_AGAIN_MS = 1500;

interface Props {
  recording: NonNullable<CallStory["recording"]>;
  audio: RefObject<HTMLAudioElement | null>;
  owner: boolean;
  heard: (ms: number) => void;
  changed: () => void;
}

export function RecordingCard({ recording, audio, owner, heard, changed }: Props) {
  const { t, number } = useWords();
  const id = recording.call_id;
  const playable = recording.state === "packed";
  const coming = recording.state === "recorded";
  useEffect(() => {
    if (!coming) return;
    const looking = setInterval(changed, LOOK_AGAIN_MS);
    return () => clearInterval(looking);
  }, [coming, changed]);
  const taking = useAction(takeFile);
  return (
    <section className="card pad stack" aria-label={t("story.recording")}>
      {playable ? (
        <Player
          audio={audio}
          url={recordingUrl(id)}
          peaks={() => readPeaks(id)}
          onTime={(seconds) => heard(recording.began_ms + seconds * 1000)}
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
          <span className="row">
            <Menu>
              <Menu.Target>
                <Button size="compact-sm" variant="subtle" leftSection={<Icon name="download" size={16} />} loading={taking.busy}>
                  {t("story.take")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => void taking.run(fileUrl(id, "flac"))}>{t("story.take-flac")}</Menu.Item>
                <Menu.Item onClick={() => void taking.run(fileUrl(id, "wav"))}>{t("story.take-wav")}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
            {owner && (
              <DeleteWithReason
                label={t("story.delete")}
                what={t("story.delete-what")}
                act={(reason) => deleteRecording(id, reason)}
                done={changed}
              />
            )}
          </span>
        )}
      </div>
      <ProblemNote problem={taking.problem} />
    </section>
  );
}
