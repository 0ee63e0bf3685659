// How steps, exits and fields are called on the page; what the page has no word for shows its own name.
import { useWords } from "../words/WordsProvider";
import type { FlowFault } from "./api";
import { type Json, type Node, shownName } from "./draft";

const KEY_EXIT = /^keys\.(.)$/;

export function useFlowWords() {
  const { t, named } = useWords();
  /** A kind of step may have its own word for what others have, too. */
  const own = (say: (code: string) => string, code: string, type: string | undefined) => {
    const said = say(`${type}-${code}`);
    return said === `${type}-${code}` ? say(code) : said;
  };
  const exitLabel = (exit: string, type?: string) => {
    const key = KEY_EXIT.exec(exit)?.[1];
    return key === undefined ? worded(own((one) => named("flows.exit-", one), exit, type), exit) : t("flows.exit-key", { key });
  };
  return {
    type: (type: string) => worded(named("flows.type-", type), type),
    typeHint: (type: string) => known(named("flows.about-", type), type),
    field: (field: string, type?: string) => worded(own((one) => named("flows.field-", one), field, type), field),
    fieldHint: (field: string, type?: string) => known(own((one) => named("flows.hint-", one), field, type), field),
    choice: (value: string) => worded(named("flows.choice-", value), value) || "–",
    exit: exitLabel,
    /** The fault as the form says it: with what one sees in place of the key. */
    fault: (fault: FlowFault) => {
      const field = fault.field ?? "";
      const key = KEY_EXIT.test(field) || !field.includes(".") ? field : (field.split(".")[0] ?? "");
      const exit = named("flows.exit-", key) !== key || KEY_EXIT.test(key);
      const label = key === "" ? shownName(fault.node ?? fault.flow ?? "") : exit ? exitLabel(key) : worded(named("flows.field-", key), key);
      return label === "" ? fault.sentence : fault.sentence.replace(String(fault.args.key), `“${label}”`);
    },
    /** One line that says what is special about this node. */
    summary: (node: Node) => summary(node),
  };
}

const worded = (said: string, code: string) => (said === code ? shownName(code.replaceAll("_", "-")) : said);
const known = (said: string, code: string) => (said === code ? "" : said);

function summary(node: Node): string {
  const first = node.prompt ?? node.extensions ?? node.group ?? node.number ?? node.timetable ?? node.mailbox ?? node.flow ?? node.language ?? node.url ?? node.variable;
  return first === undefined || first === null ? "" : shownValue(first);
}

const shownValue = (value: Json): string => (Array.isArray(value) ? value.join(", ") : shownName(String(value)));

