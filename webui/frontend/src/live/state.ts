// The box as it is now: a snapshot, kept true by events. Pure: a state and an event make a state.
import type { Schemas } from "../api/client";

export type Snapshot = Schemas["Snapshot"];
export type LiveCall = Schemas["CallView"];
export type LiveLine = Schemas["LineView"];
export type Alarm = Schemas["AlarmView"];
export type BoxEvent = Schemas["EventMessage"]["event"];
export type StreamMessage = Schemas["EventMessage"] | Schemas["ResyncMessage"] | Schemas["ReachableMessage"];

/** SIP phones are with the people they ring for, not among the lines. */
export const isSipPhone = ({ line }: LiveLine): boolean => line.driver === "sip" && (line.abilities ?? []).includes("phone");

export function after(state: Snapshot, seq: number, event: BoxEvent): Snapshot {
  return { ...state, seq, ...changes(state, event) };
}

function changes(state: Snapshot, event: BoxEvent): Partial<Snapshot> {
  switch (event.what) {
    case "line":
      return { lines: put(state.lines, event.line, (line) => line.line.line_id) };
    case "line-gone":
      return { lines: state.lines.filter((line) => line.line.line_id !== event.line_id) };
    case "call":
      return { calls: withCall(state.calls, event.call) };
    case "alarm":
      return { alarms: withAlarm(state.alarms, event.alarm, event.raised) };
    case "process":
      return { processes: put(state.processes, event.process, (process) => process.name) };
    case "config":
      return { office: event.office || state.office, config_version: event.version, config_unconfirmed_until: event.unconfirmed_until };
    case "extension":
      return { extensions: put(state.extensions, event.extension, (one) => one.extension) };
    case "opening":
      return { opening: event.opening };
    case "voicemail":
      return { new_voicemails: event.new_voicemails };
    case "bundles":
      return {}; // whoever shows them asks for the list
  }
}

function put<T>(all: T[], one: T, key: (item: T) => string): T[] {
  const known = all.some((item) => key(item) === key(one));
  return known ? all.map((item) => (key(item) === key(one) ? one : item)) : [...all, one];
}

function withCall(calls: LiveCall[], call: LiveCall): LiveCall[] {
  if (call.phase === "ended") return calls.filter((other) => other.call_id !== call.call_id);
  return put(calls, call, (other) => other.call_id);
}

function withAlarm(alarms: Alarm[], alarm: Alarm, raised: boolean): Alarm[] {
  const key = (one: Alarm) => `${one.text.code} ${one.line_id ?? ""}`;
  const others = alarms.filter((other) => key(other) !== key(alarm));
  return raised ? [...others, alarm] : others;
}
