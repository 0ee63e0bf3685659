// The shape of a sound: above the outside party, below the office; what was heard so far in colour.
import { useMantineColorScheme } from "@mantine/core";
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from "react";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import type { Peaks } from "./api";
import style from "./Player.module.css";

interface Props {
  peaks: Peaks;
  at: number;
  seek: (seconds: number) => void;
  step: number;
}

export function Waveform({ peaks, at, seek, step }: Props) {
  const { t } = useWords();
  const { colorScheme } = useMantineColorScheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const length = peaks.duration_ms / 1000;
  const share = length > 0 ? at / length : 0;
  useEffect(() => {
    const surface = canvas.current;
    if (!surface) return;
    const paint = () => draw(surface, peaks, share);
    paint();
    const watcher = new ResizeObserver(paint);
    watcher.observe(surface);
    return () => watcher.disconnect();
  }, [peaks, share, colorScheme]);
  const point = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === "pointermove" && event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * length);
  };
  const key = (event: KeyboardEvent) => {
    const targets: Record<string, number> = {
      ArrowLeft: at - step,
      ArrowRight: at + step,
      Home: 0,
      End: length,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    seek(target);
  };
  return (
    <div
      className={style.wave}
      role="slider"
      tabIndex={0}
      aria-label={t("player.position")}
      aria-valuemin={0}
      aria-valuemax={Math.round(length)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={clockTime(at)}
      onPointerDown={point}
      onPointerMove={point}
      onKeyDown={key}
    >
      <canvas ref={canvas} />
      {peaks.channels.length === 2 && (
        <>
          <span className={style.label} style={{ top: 4 }}>
            {t("side.outside")}
          </span>
          <span className={style.label} style={{ bottom: 4 }}>
            {t("side.office")}
          </span>
        </>
      )}
    </div>
  );
}

function draw(canvas: HTMLCanvasElement, peaks: Peaks, share: number): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = width * scale;
  canvas.height = height * scale;
  pen.scale(scale, scale);
  const colors = getComputedStyle(canvas);
  const [heard, ahead] = [colors.getPropertyValue("--tip"), colors.getPropertyValue("--wire")];
  const rows = peaks.channels.length;
  const lane = height / Math.max(rows, 1);
  peaks.channels.forEach((channel, row) => {
    const middle = lane * (row + 0.5);
    const bar = width / Math.max(channel.length, 1);
    channel.forEach((peak, index) => {
      // Speech is quiet in a linear picture: the square root shows it.
      const half = Math.max(0.5, Math.sqrt(peak / 255) * (lane / 2 - 3));
      pen.fillStyle = index / channel.length < share ? heard : ahead;
      pen.fillRect(index * bar, middle - half, Math.max(bar * 0.75, 0.6), half * 2);
    });
  });
  pen.fillStyle = heard;
  pen.fillRect(share * width - 0.75, 0, 1.5, height);
}
