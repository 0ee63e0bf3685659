// The page's one connection for live news: a snapshot, then events by number; never a gap unnoticed.
import { answer, api, ProblemError } from "../api/client";
import { after, type BoxEvent, type Snapshot, type StreamMessage } from "./state";

const CLOSED_SESSION_ENDED = 4401;
const RETRY_MS = [500, 1000, 2000, 4000];

export type Contact = "connecting" | "live" | "no-exchange" | "no-box";
export interface Live {
  contact: Contact;
  box: Snapshot | null;
  /** Box clock minus browser clock, so that durations are right on a PC that is not. */
  clockOffsetMs: number;
}

let live: Live = { contact: "connecting", box: null, clockOffsetMs: 0 };
const listeners = new Set<() => void>();
const eventListeners = new Set<(event: BoxEvent) => void>();
let failures = 0;
let started = false;

export const current = () => live;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!started) {
    started = true;
    void startFromSnapshot();
  }
  return () => listeners.delete(listener);
}

export function onBoxEvent(listener: (event: BoxEvent) => void): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

function set(change: Partial<Live>): void {
  live = { ...live, ...change };
  for (const listener of listeners) listener();
}

function later(step: () => void): void {
  const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 4000;
  failures += 1;
  setTimeout(step, wait);
}

async function startFromSnapshot(): Promise<void> {
  const asked = api.GET("/api/snapshot");
  try {
    const box = await answer(asked);
    const date = (await asked).response.headers.get("date");
    set({ box, clockOffsetMs: date ? Date.parse(date) - Date.now() : 0 });
    follow();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    set({ contact: error.problem.status === 0 ? "no-box" : "no-exchange" });
    later(() => void startFromSnapshot());
  }
}

function follow(): void {
  const { epoch, seq } = live.box ?? { epoch: "", seq: 0 };
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const query = new URLSearchParams({ epoch, after: String(seq) });
  const socket = new WebSocket(`${scheme}://${window.location.host}/api/events?${query}`);
  let again = follow;
  socket.onmessage = (message: MessageEvent<string>) => {
    failures = 0;
    const news = JSON.parse(message.data) as StreamMessage;
    if (!take(news)) {
      again = () => void startFromSnapshot();
      socket.close();
    }
  };
  socket.onclose = (closed) => {
    if (closed.code === CLOSED_SESSION_ENDED) {
      window.location.assign("/login");
      return;
    }
    void whyClosed().then(() => later(again));
  };
}

/** Apply one message; false when only a new snapshot helps. */
function take(news: StreamMessage): boolean {
  if (news.kind === "exchange") {
    set({ contact: news.reachable ? "live" : "no-exchange" });
    return true;
  }
  if (news.kind === "resync" || live.box === null) return false;
  if (news.epoch !== live.box.epoch || news.seq !== live.box.seq + 1) return false;
  set({ box: after(live.box, news.seq, news.event) });
  for (const listener of eventListeners) listener(news.event);
  return true;
}

/** A closed stream does not say why: asking who we are tells (and leads to the login if need be). */
async function whyClosed(): Promise<void> {
  try {
    await answer(api.GET("/api/me"));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    set({ contact: "no-box" });
  }
}
