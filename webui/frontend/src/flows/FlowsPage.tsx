// Call flows: drawn, edited, tried out and published. A page of its own size, loaded when it is opened.
import { Button, Loader, NativeSelect, SegmentedControl } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { Icon } from "../Icon";
import { useLive } from "../live/useLive";
import { go, usePath } from "../routing";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type FlowsView, readFlows, readTraffic, type Step } from "./api";
import { Changes } from "./Changes";
import { type Flow, shownName, withExit, withoutNode } from "./draft";
import { FlowCanvas } from "./FlowCanvas";
import { FlowSettings } from "./FlowSettings";
import style from "./Flows.module.css";
import { NewFlow } from "./NewFlow";
import { StepForm } from "./StepForm";
import { StepList } from "./StepList";
import { TryOut } from "./TryOut";
import { useDraft } from "./useDraft";
import { useFlowCheck } from "./useFlowCheck";
import { useFlowWords } from "./wording";

export default function FlowsPage() {
  const { t } = useWords();
  const { box } = useLive();
  const live = useAnswer(readFlows, String(box?.config_version ?? 0));
  return (
    <>
      <ProblemNote problem={live.problem} again={live.again} />
      {live.value === null && live.loading && <Loader color="tip" aria-label={t("now.loading")} />}
      {live.value && <Editor live={live.value} again={live.again} />}
    </>
  );
}

const PARTS = ["steps", "try", "changes"] as const;
type Part = (typeof PARTS)[number];

function Editor({ live, again }: { live: FlowsView; again: () => void }) {
  const { t } = useWords();
  const words = useFlowWords();
  const draft = useDraft(live);
  const check = useFlowCheck(draft.now);
  const traffic = useAnswer(readTraffic, String(live.version));
  const [part, setPart] = useState<Part>("steps");
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const [steps, setSteps] = useState<Step[]>([]);
  const names = Object.keys(draft.now.flows);
  const asked = usePath()[1];
  const name = asked !== undefined && names.includes(asked) ? asked : names[0];
  const flow = name === undefined ? undefined : draft.now.flows[name];
  const path = useMemo(() => pathOf(steps, name), [steps, name]);
  useUndoKey(draft.undo);
  useEffect(() => setSteps([]), [draft.now]);
  const node = chosen !== null && flow !== undefined && chosen in flow.nodes ? chosen : null;
  const choose = (one: string | null) => {
    setChosen(one);
    if (one !== null) setPart("steps");
  };
  const put = (fresh: Flow) => name && draft.change({ ...draft.now, flows: { ...draft.now.flows, [name]: fresh } });
  const open = (one: string) => {
    go(`/flows/${one}`);
    setChosen(null);
  };
  const here = check.faults.filter((fault) => fault.flow === name);
  const elsewhere = check.faults.filter((fault) => fault.flow !== name || fault.node == null);
  return (
    <>
      <div className="row spread">
        <h1>{t("nav.flows")}</h1>
        <div className="row">
          {names.length > 1 && (
            <NativeSelect size="sm" aria-label={t("flows.flow")} value={name} onChange={(event) => open(event.currentTarget.value)} data={names.map((one) => ({ value: one, label: shownName(one) }))} />
          )}
          <Button size="sm" variant="default" onClick={() => setAdding(true)}>
            {t("flows.new")}
          </Button>
          <Button size="sm" variant="default" disabled={draft.undo === null} onClick={() => draft.undo?.()}>
            {t("flows.undo")}
          </Button>
          <Status state={check.state} count={check.faults.length} changed={draft.changed} show={() => setPart("changes")} />
        </div>
      </div>
      <ProblemNote problem={check.problem} />
      {adding && <NewFlow live={live} parts={draft.now} change={draft.change} close={() => setAdding(false)} open={open} />}
      {(flow === undefined || name === undefined) && <Empty title={t("flows.none")}>{t("flows.none-hint")}</Empty>}
      {elsewhere.map((fault, at) => (
        <p key={at} role="alert" className={style.fault}>
          {words.fault(fault)}
        </p>
      ))}
      <div className={style.editor}>
        {flow !== undefined && name !== undefined && (
          <FlowCanvas
            name={name}
            flow={flow}
            forms={live.forms}
            faults={here}
            chosen={node}
            path={path}
            traffic={traffic.value ?? []}
            choose={choose}
            remove={(id) => {
              put(withoutNode(flow, id, live.forms));
              setChosen(null);
            }}
            connect={(from, exit, to) => {
              const source = flow.nodes[from];
              if (source) put({ ...flow, nodes: { ...flow.nodes, [from]: withExit(source, exit, to) } });
            }}
          />
        )}
        <div className={`card ${style.panel}`}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t("flows.parts")}
            value={part}
            onChange={(value) => setPart(value as Part)}
            data={PARTS.map((value) => ({ value, label: t(`flows.part-${value}`) }))}
          />
          {part === "steps" && name !== undefined && flow !== undefined && node !== null && (
            <StepForm key={`${name} ${node}`} live={live} parts={draft.now} flowName={name} name={node} faults={here.filter((one) => one.node === node)} change={draft.change} choose={choose} />
          )}
          {part === "steps" && name !== undefined && flow !== undefined && node === null && (
            <>
              <StepList name={name} flow={flow} forms={live.forms} faults={here} path={path} traffic={traffic.value ?? []} choose={choose} />
              <FlowSettings key={name} live={live} parts={draft.now} name={name} change={draft.change} choose={choose} />
              {(traffic.value?.length ?? 0) > 0 && <p className="small dim">{t("flows.traffic")}</p>}
            </>
          )}
          {part === "try" && <TryOut live={live} parts={draft.now} flow={name} steps={steps} show={setSteps} />}
          {part === "changes" && <Changes live={live} draft={draft} check={check} again={again} />}
        </div>
      </div>
    </>
  );
}

function Status({ state, count: n, changed, show }: { state: string; count: number; changed: boolean; show: () => void }) {
  const { t, count } = useWords();
  const said = state === "faulty" ? count("settings.faults", n) : state === "checking" ? t("settings.checking") : t(changed ? "flows.ready" : "flows.live");
  return (
    <button type="button" className={style.status} data-state={state} data-changed={changed} onClick={show}>
      <span role="status" aria-live="polite">
        <Icon name={state === "faulty" ? "alarm" : "check"} size={16} /> {said}
      </span>
    </button>
  );
}

function pathOf(steps: Step[], flow: string | undefined): ReadonlySet<string> {
  const here = steps.filter((step) => step.flow === flow && step.node != null);
  return new Set(here.flatMap((step) => [step.node ?? "", `${step.node} ${step.exit}`]));
}

function useUndoKey(undo: (() => void) | null) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (!typing && (event.ctrlKey || event.metaKey) && event.key === "z" && undo !== null) {
        event.preventDefault();
        undo();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [undo]);
}
