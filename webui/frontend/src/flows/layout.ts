// Where each node stands: columns by how far it is from the start, rows by who leads to it.
import type { NodeForm } from "./api";
import { exitsOf, type Flow } from "./draft";

export const NODE_WIDTH = 178;
const COLUMN_GAP = 46;
const ROW_GAP = 26;
const HEAD_HEIGHT = 82;
const EXIT_HEIGHT = 28;

export interface Place {
  x: number;
  y: number;
  height: number;
}

export function layOut(flow: Flow, forms: NodeForm[]): Record<string, Place> {
  const columns = columnsOf(flow, forms);
  const heights = Object.fromEntries(
    Object.entries(flow.nodes).map(([name, node]) => [name, HEAD_HEIGHT + EXIT_HEIGHT * exitsOf(node, forms).length]),
  );
  const tallest = Math.max(0, ...columns.map((names) => columnHeight(names, heights)));
  const places: Record<string, Place> = {};
  columns.forEach((names, column) => {
    let y = (tallest - columnHeight(names, heights)) / 2;
    for (const name of names) {
      const height = heights[name] ?? HEAD_HEIGHT;
      places[name] = { x: column * (NODE_WIDTH + COLUMN_GAP), y, height };
      y += height + ROW_GAP;
    }
  });
  return places;
}

const READABLE = 0.62;
const MARGIN = 20;

/** The whole flow where it can be read; a longer one from its start, with its first steps. */
export function firstView(size: { width: number; height: number }, places: Record<string, Place>, start: string) {
  const all = Object.values(places);
  const width = Math.max(1, ...all.map((place) => place.x + NODE_WIDTH));
  const height = Math.max(1, ...all.map((place) => place.y + place.height));
  const fitting = Math.min((size.width - 2 * MARGIN) / width, (size.height - 2 * MARGIN) / height);
  const zoom = Math.min(1, Math.max(READABLE, fitting));
  const first = places[start] ?? { x: 0, y: 0, height };
  const fits = (length: number, room: number) => length * zoom + 2 * MARGIN <= room + 1;
  return {
    zoom,
    x: fits(width, size.width) ? (size.width - width * zoom) / 2 : MARGIN,
    y: fits(height, size.height) ? (size.height - height * zoom) / 2 : size.height / 2 - (first.y + first.height / 2) * zoom,
  };
}

/** The step an arrow key leads to: on along the first exit, back, or up and down in the column. */
export function neighbour(key: string, name: string, flow: Flow, forms: NodeForm[], places: Record<string, Place>): string | undefined {
  const node = flow.nodes[name];
  const here = places[name];
  if (node === undefined || here === undefined) return undefined;
  const column = Object.keys(places)
    .filter((one) => places[one]?.x === here.x)
    .sort((one, other) => (places[one]?.y ?? 0) - (places[other]?.y ?? 0));
  const leads = (from: string, to: string) => exitsOf(flow.nodes[from] ?? node, forms).some((exit) => exit.to === to);
  switch (key) {
    case "ArrowRight":
      return exitsOf(node, forms).find((exit) => exit.to !== null && exit.to !== name && exit.to in flow.nodes)?.to ?? undefined;
    case "ArrowLeft":
      return walkOrder(flow, forms).find((one) => one !== name && leads(one, name));
    case "ArrowUp":
      return column[column.indexOf(name) - 1];
    case "ArrowDown":
      return column[column.indexOf(name) + 1];
    default:
      return undefined;
  }
}

/** The order in which a caller may come by; nodes no call comes to stand at the end. */
export function walkOrder(flow: Flow, forms: NodeForm[]): string[] {
  return columnsOf(flow, forms).flat();
}

/** Each node in the column after the last one that leads to it, as far as that needs no step back. */
function columnsOf(flow: Flow, forms: NodeForm[]): string[][] {
  const depth = new Map<string, number>();
  const order: string[] = [];
  const visit = (name: string, at: number, above: ReadonlySet<string>) => {
    const node = flow.nodes[name];
    if (node === undefined || above.has(name) || (depth.get(name) ?? -1) >= at) return;
    if (!depth.has(name)) order.push(name);
    depth.set(name, at);
    const path = new Set(above).add(name);
    for (const exit of exitsOf(node, forms)) if (exit.to !== null) visit(exit.to, at + 1, path);
  };
  visit(flow.start, 0, new Set());
  const last = Math.max(-1, ...depth.values());
  const lost = Object.keys(flow.nodes).filter((name) => !depth.has(name));
  const columns = Array.from({ length: last + 1 }, (_, at) => order.filter((name) => depth.get(name) === at));
  return lost.length > 0 ? [...columns, lost] : columns;
}

const columnHeight = (names: string[], heights: Record<string, number>) =>
  names.reduce((sum, name) => sum + (heights[name] ?? 0) + ROW_GAP, -ROW_GAP);
