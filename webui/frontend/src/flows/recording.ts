// A sentence recorded with the browser's microphone, as a WAV file: every box reads that.
const BYTES_PER_SAMPLE = 2;
const HEADER_BYTES = 44;
const FULL_SCALE = 32767;

export interface Recording {
  /** End it; the file holds all that was said. */
  stop: () => Promise<File>;
}

/** Browsers give the microphone only to pages over HTTPS or of the machine itself. */
export const canRecord = () => navigator.mediaDevices !== undefined && typeof MediaRecorder !== "undefined";

/** Rejects when the user, or the machine, gives no microphone. */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  const stop = async () => {
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.stop();
    await ended;
    for (const track of stream.getTracks()) track.stop();
    return asWav(new Blob(parts));
  };
  return { stop };
}

async function asWav(recorded: Blob): Promise<File> {
  const context = new AudioContext();
  const sound = await context.decodeAudioData(await recorded.arrayBuffer());
  await context.close();
  return new File([wav(sound.getChannelData(0), sound.sampleRate)], "recorded.wav", { type: "audio/wav" });
}

function wav(samples: Float32Array, rate: number): ArrayBuffer {
  const size = samples.length * BYTES_PER_SAMPLE;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + size));
  const text = (at: number, letters: string) => [...letters].forEach((one, n) => view.setUint8(at + n, one.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + size, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * BYTES_PER_SAMPLE, true);
  view.setUint16(32, BYTES_PER_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  text(36, "data");
  view.setUint32(40, size, true);
  samples.forEach((one, n) => view.setInt16(HEADER_BYTES + n * BYTES_PER_SAMPLE, Math.max(-1, Math.min(1, one)) * FULL_SCALE, true));
  return view.buffer;
}
