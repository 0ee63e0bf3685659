// The keys of a menu, each with the step it leads to.
import { ActionIcon, Button } from "@mantine/core";
import { Icon } from "../Icon";
import { useWords } from "../words/WordsProvider";
import type { FlowFault, FlowsView } from "./api";
import { exitsOf, type Flow, type Node, withExit, withoutKey } from "./draft";
import { ExitSelect } from "./ExitSelect";
import style from "./Flows.module.css";
import { useFlowWords } from "./wording";

const KEYS = [..."1234567890*#"];

interface Props {
  live: FlowsView;
  flow: Flow;
  name: string;
  faults: FlowFault[];
  put: (flow: Flow) => void;
}

export function KeysField({ live, flow, name, faults, put }: Props) {
  const { t } = useWords();
  const words = useFlowWords();
  const node = flow.nodes[name] as Node;
  const exits = exitsOf(node, live.forms).filter((exit) => exit.id.startsWith("keys."));
  const taken = new Set(exits.map((exit) => exit.id));
  const free = KEYS.filter((key) => !taken.has(`keys.${key}`));
  const change = (fresh: Node) => put({ ...flow, nodes: { ...flow.nodes, [name]: fresh } });
  const whole = faults.filter((fault) => !taken.has(fault.field ?? ""));
  return (
    <fieldset className={style.keys}>
      <legend>{words.field("keys")}</legend>
      {exits.map((exit) => {
        const label = words.exit(exit.id);
        const wrong = faults.filter((fault) => fault.field === exit.id).map(words.fault).join(" ") || undefined;
        return (
          <div key={exit.id} className={style.key}>
            <ExitSelect flow={flow} name={name} exit={exit.id} to={exit.to} label={label} error={wrong} required forms={live.forms} put={put} />
            <ActionIcon variant="subtle" color="ring" aria-label={t("flows.key-remove", { exit: label })} onClick={() => change(withoutKey(node, exit.id))}>
              <Icon name="trash" size={16} />
            </ActionIcon>
          </div>
        );
      })}
      {whole.map((fault, at) => (
        <p key={at} role="alert" className={style.fault}>
          {words.fault(fault)}
        </p>
      ))}
      {free.length > 0 && (
        <div className="row" role="group" aria-label={t("flows.key-add")}>
          <span className="small dim">{t("flows.key-add")}</span>
          {free.map((key) => (
            <Button key={key} size="compact-xs" variant="default" aria-label={t("flows.exit-key", { key })} onClick={() => change(withExit(node, `keys.${key}`, null))}>
              {key}
            </Button>
          ))}
        </div>
      )}
    </fieldset>
  );
}
