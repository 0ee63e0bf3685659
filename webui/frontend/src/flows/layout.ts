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
