// The flows as they are being changed: plain data, and the few changes that touch more than one place.
import type { FlowsView, NodeForm } from "./api";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Node = { type: string } & { [field: string]: Json };
export interface Flow {
  start: string;
  extension?: string;
  nodes: Record<string, Node>;
}
export interface Spoken {
  text?: string;
  sound?: string;
}
export type Prompts = Record<string, Record<string, Spoken>>;
export interface Parts {
  flows: Record<string, Flow>;
  prompts: Prompts;
}
export interface Exit {
  /** As the box calls it: `timeout`, `keys.1`. */
  id: string;
  to: string | null;
  /** Without it a caller would be lost. */
  required: boolean;
}

const KEY_EXIT = /^keys\.(.)$/;
const LONGEST_NAME = 40;

export const partsOf = (view: FlowsView): Parts => ({ flows: view.flows as never, prompts: view.prompts as never });

/** All exits a node has, those that lead nowhere yet too. */
export function exitsOf(node: Node, forms: NodeForm[]): Exit[] {
  const form = forms.find((one) => one.type === node.type);
  const required = (id: string) => form?.fields.find((field) => field.name === id)?.required === true;
  const named = (form?.exits ?? []).map((id) => ({ id, to: typeof node[id] === "string" ? (node[id] as string) : null, required: required(id) }));
  const keys = Object.entries((node.keys ?? {}) as Record<string, string>);
  return [...keys.sort(byKey).map(([key, to]) => ({ id: `keys.${key}`, to: to || null, required: true })), ...named];
}

const byKey = ([one]: [string, string], [other]: [string, string]) => "1234567890*#".indexOf(one) - "1234567890*#".indexOf(other);

export function withExit(node: Node, id: string, to: string | null): Node {
  const key = KEY_EXIT.exec(id)?.[1];
  if (key === undefined) return withField(node, id, to);
  return { ...node, keys: { ...((node.keys ?? {}) as Record<string, Json>), [key]: to ?? "" } };
}

/** An empty field is one that is not there. */
export function withField(node: Node, field: string, value: Json | undefined): Node {
  const { [field]: _old, ...rest } = node;
  if (value === null || value === undefined || value === "") return rest as Node;
  return { ...node, [field]: value } as Node;
}

export function withNode(flow: Flow, name: string, node: Node): Flow {
  return { ...flow, nodes: { ...flow.nodes, [name]: node } };
}

/** Exits that led to the node lead nowhere afterwards. */
export function withoutNode(flow: Flow, name: string, forms: NodeForm[]): Flow {
  const { [name]: _gone, ...rest } = flow.nodes;
  return { ...flow, nodes: redirected(rest, name, null, forms) };
}

export function renamedNode(flow: Flow, name: string, to: string, forms: NodeForm[]): Flow {
  if (to === name || to === "" || to in flow.nodes) return flow;
  const nodes = Object.fromEntries(Object.entries(flow.nodes).map(([one, node]) => [one === name ? to : one, node]));
  return { ...flow, start: flow.start === name ? to : flow.start, nodes: redirected(nodes, name, to, forms) };
}

function redirected(nodes: Record<string, Node>, from: string, to: string | null, forms: NodeForm[]) {
  const change = (node: Node) =>
    exitsOf(node, forms)
      .filter((exit) => exit.to === from)
      .reduce((one, exit) => (to === null && exit.id.startsWith("keys.") ? withoutKey(one, exit.id) : withExit(one, exit.id, to)), node);
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, change(node)]));
}

export function withoutKey(node: Node, id: string): Node {
  const { [id.slice("keys.".length)]: _gone, ...keys } = (node.keys ?? {}) as Record<string, Json>;
  return { ...node, keys };
}

/** A name as the box takes it: "Front desk" becomes front-desk. */
export function nameOf(typed: string): string {
  const plain = typed.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, LONGEST_NAME);
}

export const shownName = (name: string) => name.replaceAll("-", " ");

export function freeName(wanted: string, taken: object): string {
  if (!(wanted in taken)) return wanted;
  let n = 2;
  while (`${wanted}-${n}` in taken) n += 1;
  return `${wanted}-${n}`;
}

/** The same text for the same content, whatever the order of its keys. */
export function sameText(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    one !== null && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
