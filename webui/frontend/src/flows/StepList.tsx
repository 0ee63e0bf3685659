// The flow as a list: everything the picture can do, with the keyboard and on a phone.
import { Icon } from "../Icon";
import { useWords } from "../words/WordsProvider";
import type { ExitCount, FlowFault, NodeForm } from "./api";
import { exitsOf, type Flow, shownName } from "./draft";
import style from "./Flows.module.css";
import { walkOrder } from "./layout";
import { useFlowWords } from "./wording";

interface Props {
  name: string;
  flow: Flow;
  forms: NodeForm[];
  faults: FlowFault[];
  path: ReadonlySet<string>;
  traffic: ExitCount[];
  choose: (node: string) => void;
}

export function StepList({ name, flow, forms, faults, path, traffic, choose }: Props) {
  const { t } = useWords();
  const words = useFlowWords();
  return (
    <ol className={style.steps} aria-label={t("flows.steps")}>
      {walkOrder(flow, forms).map((id) => {
        const node = flow.nodes[id];
        if (node === undefined) return null;
        const here = faults.filter((fault) => fault.flow === name && fault.node === id);
        return (
          <li key={id}>
            <button type="button" className={style.step} data-faulty={here.length > 0} data-path={path.has(id)} onClick={() => choose(id)}>
              <span className="row spread">
                <strong>{shownName(id)}</strong>
                <span className="small dim">{words.type(node.type)}</span>
              </span>
              {exitsOf(node, forms).map((exit) => {
                const callers = traffic.find((one) => one.flow === name && one.node === id && one.exit === exit.id)?.callers;
                return (
                  <span key={exit.id} className="small dim">
                    {words.exit(exit.id, node.type)} → {exit.to !== null ? shownName(exit.to) : t(exit.required ? "flows.nowhere" : "flows.nothing")}
                    {callers !== undefined && ` · ${callers}`}
                  </span>
                );
              })}
              {here.map((fault, at) => (
                <span key={at} className={style.fault}>
                  <Icon name="alarm" size={14} /> {words.fault(fault)}
                </span>
              ))}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
