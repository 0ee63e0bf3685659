// A recording to listen to: its shape in two channels, seeking by click or key, speed, no silence.
// Nothing of the sound is fetched before somebody presses Play: whoever fetches it has listened.
import { ActionIcon, NativeSelect } from "@mantine/core";
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { Icon } from "../Icon";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import type { Peaks } from "./api";
import style from "./Player.module.css";
import { Waveform } from "./Waveform";

const STEP_S = 5;
const RATES = ["0.75", "1", "1.25", "1.5", "1.75", "2"];
/** Elements that want the space bar or letters for themselves. */
const OWN_KEYS = "button, input, select, textarea";

interface Props {
  audio: RefObject<HTMLAudioElement | null>;
  url: string;
  peaks: () => Promise<Peaks>;
  onTime?: (seconds: number) => void;
}

/** Go to a second, also before anything is loaded; the browser tells of it only afterwards. */
export function seekTo(sound: HTMLAudioElement, seconds: number) {
  sound.currentTime = seconds;
  if (sound.readyState === HTMLMediaElement.HAVE_NOTHING) sound.dispatchEvent(new Event("timeupdate"));
}

export function Player({ audio, url, peaks, onTime }: Props) {
  const { t } = useWords();
  const shape = useAnswer(peaks, url);
  const [playing, setPlaying] = useState(false);
  const [broken, setBroken] = useState(false);
  const [at, setAt] = useState(0);
  const [rate, setRate] = useState("1");
  const [skip, setSkip] = useState(false);
  const length = (shape.value?.duration_ms ?? 0) / 1000;
  const quiet = shape.value?.quiet ?? [];
  const seek = (seconds: number) => {
    if (audio.current) seekTo(audio.current, Math.min(Math.max(0, seconds), length || seconds));
  };
  useEffect(() => {
    // The browser keeps the pitch of what it plays faster or slower.
    if (audio.current) audio.current.playbackRate = Number(rate);
  }, [audio, rate]);
  const tell = () => {
    const sound = audio.current;
    const seconds = sound?.currentTime ?? 0;
    const silence = skip && sound && !sound.paused && quiet.find((one) => seconds * 1000 >= one.from_ms && seconds * 1000 < one.to_ms);
    if (silence) sound.currentTime = silence.to_ms / 1000;
    setAt(seconds);
    onTime?.(seconds);
  };
  const toggle = () => {
    const sound = audio.current;
    if (!sound) return;
    // A sound that cannot be played tells so by its `error` event as well.
    if (sound.paused) sound.play().catch(() => setBroken(true));
    else sound.pause();
  };
  const faster = (by: number) => setRate((now) => RATES[RATES.indexOf(now) + by] ?? now);
  const keys: Record<string, () => void> = {
    " ": toggle,
    k: toggle,
    j: () => seek(at - STEP_S),
    l: () => seek(at + STEP_S),
    ">": () => faster(1),
    "<": () => faster(-1),
    s: () => setSkip((now) => !now),
  };
  const press = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).matches(OWN_KEYS)) return;
    event.preventDefault();
    act();
  };
  return (
    <div className={style.player} onKeyDown={press}>
      <audio
        ref={audio}
        src={url}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={tell}
        onSeeked={tell}
        onError={() => setBroken(true)}
      />
      <ActionIcon size={44} radius="xl" aria-label={playing ? t("player.pause") : t("player.play")} onClick={toggle}>
        <Icon name={playing ? "pause" : "play"} />
      </ActionIcon>
      <div className={style.shape}>
        {shape.value && <Waveform peaks={shape.value} at={at} seek={seek} step={STEP_S} />}
        <div className={`number small dim ${style.times}`}>
          <span>{clockTime(at)}</span>
          <span>{clockTime(length)}</span>
        </div>
      </div>
      <NativeSelect
        className={style.speed}
        size="xs"
        aria-label={t("player.speed")}
        value={rate}
        onChange={(event) => setRate(event.currentTarget.value)}
        data={RATES.map((value) => ({ value, label: `${value}×` }))}
      />
      <div className={`small dim ${style.ways}`}>
        {quiet.length > 0 && (
          <label className="row">
            <input type="checkbox" checked={skip} onChange={(event) => setSkip(event.currentTarget.checked)} />
            {t("player.skip-silence")}
          </label>
        )}
        <span className={style.keys}>{t("player.keys")}</span>
      </div>
      {broken && <p className={style.fault}>{t("player.broken")}</p>}
      <ProblemNote problem={shape.problem} again={shape.again} />
    </div>
  );
}
