// The picture of a flow: a card per step, its exits as handles, drawn in the order a caller comes by.
import { Background, Controls, type Connection, type Edge, Handle, type Node as Drawn, type NodeProps, Position, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { Icon } from "../Icon";
import { useWords } from "../words/WordsProvider";
import type { ExitCount, FlowFault, NodeForm } from "./api";
import { type Exit, exitsOf, type Flow, type Node, shownName } from "./draft";
import style from "./Flows.module.css";
import { firstView, layOut, neighbour, NODE_WIDTH } from "./layout";
import { useFlowWords } from "./wording";

interface Props {
  name: string;
  flow: Flow;
  forms: NodeForm[];
  faults: FlowFault[];
  chosen: string | null;
  /** The way of a caller: "node" and "node exit". */
  path: ReadonlySet<string>;
  traffic: ExitCount[];
  choose: (node: string | null) => void;
  connect: (node: string, exit: string, to: string) => void;
  remove: (node: string) => void;
}

interface CardData extends Record<string, unknown> {
  node: Node;
  exits: Exit[];
  faults: number;
  start: boolean;
  onPath: boolean;
}

const LABEL = { fontSize: 14, fontWeight: 650 };
const TYPES = { step: StepCard };
/** The form of the chosen step: whoever opens it by keyboard goes on there. */
export const STEP_FORM = "step-form";

export function FlowCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ name, flow, forms, faults, chosen, path, traffic, choose, connect, remove }: Props) {
  const { t } = useWords();
  const { setViewport, getViewport, setCenter } = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const places = useMemo(() => layOut(flow, forms), [flow, forms]);
  const nodes: Drawn<CardData>[] = Object.entries(flow.nodes).map(([id, node]) => ({
    id,
    type: "step",
    position: places[id] ?? { x: 0, y: 0 },
    selected: id === chosen,
    ariaLabel: shownName(id),
    data: {
      node,
      exits: exitsOf(node, forms),
      faults: faults.filter((fault) => fault.flow === name && fault.node === id).length,
      start: flow.start === id,
      onPath: path.has(id),
    },
  }));
  const edges = edgesOf(flow, forms, path, traffic, name).map((edge) =>
    (places[edge.target]?.x ?? 0) > (places[edge.source]?.x ?? 0) ? edge : { ...edge, type: "smoothstep" },
  );
  const shape = `${name} ${Object.keys(flow.nodes).join()}`;
  useEffect(() => {
    const box = frame.current?.getBoundingClientRect();
    if (box) void setViewport(firstView(box, places, flow.start));
    // Not for every change of a field: only when steps come or go.
  }, [shape, setViewport]);
  const shown = chosen === null ? undefined : places[chosen];
  useEffect(() => {
    const box = frame.current?.getBoundingClientRect();
    const view = getViewport();
    if (shown === undefined || box === undefined) return;
    const [left, top] = [shown.x * view.zoom + view.x, shown.y * view.zoom + view.y];
    const [right, bottom] = [left + NODE_WIDTH * view.zoom, top + shown.height * view.zoom];
    if (left >= 0 && top >= 0 && right <= box.width && bottom <= box.height) return;
    void setCenter(shown.x + NODE_WIDTH / 2, shown.y + shown.height / 2, { zoom: view.zoom });
  }, [shown, getViewport, setCenter]);
  const focus = (id: string) => frame.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`)?.focus();
  const onKey = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node")?.dataset.id;
    if (id === undefined) return;
    const next = neighbour(event.key, id, flow, forms, places);
    if (next !== undefined) focus(next);
    else if (event.key === "Delete") remove(id);
    else if (event.key === "Enter") setTimeout(() => document.getElementById(STEP_FORM)?.focus());
    else return;
    if (event.key !== "Enter") event.preventDefault();
  };
  const onConnect = ({ source, sourceHandle, target }: Connection) => sourceHandle && connect(source, sourceHandle, target);
  return (
    <div ref={frame} className={style.canvas} role="group" aria-label={t("flows.canvas")} onKeyDown={onKey}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        onConnect={onConnect}
        onNodeClick={(_event, node) => choose(node.id)}
        onNodesChange={(changes) => {
          for (const one of changes) if (one.type === "select" && one.selected) choose(one.id);
        }}
        onPaneClick={() => choose(null)}
        nodesDraggable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        preventScrolling={false}
        minZoom={0.3}
        maxZoom={1.5}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={22} color="var(--line)" />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function edgesOf(flow: Flow, forms: NodeForm[], path: ReadonlySet<string>, traffic: ExitCount[], name: string): Edge[] {
  return Object.entries(flow.nodes).flatMap(([id, node]) =>
    exitsOf(node, forms)
      .filter((exit) => exit.to !== null && exit.to in flow.nodes)
      .map((exit): Edge => {
        const callers = traffic.find((one) => one.flow === name && one.node === id && one.exit === exit.id)?.callers;
        const onPath = path.has(`${id} ${exit.id}`);
        return {
          id: `${id} ${exit.id}`,
          source: id,
          sourceHandle: exit.id,
          target: exit.to ?? "",
          label: callers,
          labelStyle: LABEL,
          animated: onPath,
          className: onPath ? style.onPath : undefined,
          zIndex: onPath ? 1 : 0,
        };
      }),
  );
}

function StepCard({ id, data, selected }: NodeProps<Drawn<CardData>>) {
  const { count } = useWords();
  const words = useFlowWords();
  return (
    <div className={style.node} style={{ width: NODE_WIDTH }} data-selected={selected} data-faulty={data.faults > 0} data-path={data.onPath}>
      <Handle type="target" position={Position.Left} className={style.handle} />
      <div className={style.nodeHead}>
        <span className={style.nodeType}>{words.type(data.node.type)}</span>
        {data.start && <Icon name="play" size={12} />}
        {data.faults > 0 && (
          <span className={style.nodeFaults} title={count("settings.faults", data.faults)}>
            <Icon name="alarm" size={14} /> {data.faults}
          </span>
        )}
      </div>
      <strong className={style.nodeName}>{shownName(id)}</strong>
      <div className={style.nodeSummary}>{words.summary(data.node) || " "}</div>
      {data.exits.map((exit) => (
        <div key={exit.id} className={style.nodeExit} data-open={exit.to === null && exit.required}>
          {words.exit(exit.id, data.node.type)}
          <Handle id={exit.id} type="source" position={Position.Right} className={style.handle} />
        </div>
      ))}
    </div>
  );
}
