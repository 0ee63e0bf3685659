// What the draft changes against what is live, one sentence each.
import type { LabelKey, Values } from "../words/words";
import { type Flow, type Json, type Node, type Parts, sameText, shownName, type Spoken } from "./draft";

export interface Said {
  t: (key: LabelKey, values?: Values) => string;
  /** What the form calls a field. */
  field: (name: string) => string;
}

export function differences(was: Parts, now: Parts, said: Said): string[] {
  return [...flowDifferences(was, now, said), ...promptDifferences(was, now, said)];
}

function flowDifferences(was: Parts, now: Parts, said: Said): string[] {
  return union(was.flows, now.flows).flatMap((name) => {
    const [old, fresh] = [was.flows[name], now.flows[name]];
    const flow = shownName(name);
    if (fresh === undefined) return [said.t("flows.diff-flow-removed", { flow })];
    if (old === undefined) return [said.t("flows.diff-flow-added", { flow })];
    return inFlow(flow, old, fresh, said);
  });
}

function inFlow(flow: string, was: Flow, now: Flow, said: Said): string[] {
  const found: string[] = [];
  if (was.start !== now.start) found.push(said.t("flows.diff-start", { flow, step: shownName(now.start) }));
  if ((was.extension ?? "") !== (now.extension ?? "")) {
    found.push(said.t("flows.diff-extension", { flow, now: now.extension ?? "–" }));
  }
  for (const name of union(was.nodes, now.nodes)) {
    const [old, fresh] = [was.nodes[name], now.nodes[name]];
    const step = shownName(name);
    if (fresh === undefined) found.push(said.t("flows.diff-step-removed", { flow, step }));
    else if (old === undefined) found.push(said.t("flows.diff-step-added", { flow, step }));
    else found.push(...inNode(flow, step, old, fresh, said));
  }
  return found;
}

function inNode(flow: string, step: string, was: Node, now: Node, said: Said): string[] {
  return union(was, now)
    .filter((field) => sameText(was[field]) !== sameText(now[field]))
    .map((field) =>
      said.t("flows.diff-field", { flow, step, field: said.field(field), was: shown(was[field]), now: shown(now[field]) }),
    );
}

function promptDifferences(was: Parts, now: Parts, said: Said): string[] {
  return union(was.prompts, now.prompts).flatMap((name) => {
    const [old, fresh] = [was.prompts[name] ?? {}, now.prompts[name] ?? {}];
    return union(old, fresh)
      .filter((language) => sameText(old[language]) !== sameText(fresh[language]))
      .map((language) => {
        const heard = spokenShown(fresh[language], said);
        return said.t("flows.diff-prompt", { prompt: shownName(name), language, now: heard });
      });
  });
}

function spokenShown(spoken: Spoken | undefined, said: Said): string {
  if (spoken === undefined) return "–";
  return spoken.text !== undefined ? `“${spoken.text}”` : said.t("flows.prompt-sound");
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "–";
  if (Array.isArray(value)) return value.map(shown).join(", ") || "–";
  if (typeof value === "object") {
    return Object.entries(value).map(([key, to]) => `${key} → ${shown(to)}`).join(", ") || "–";
  }
  return typeof value === "boolean" ? (value ? "✓" : "✗") : String(value);
}

const union = (one: object, other: object) => [...new Set([...Object.keys(one), ...Object.keys(other)])];
