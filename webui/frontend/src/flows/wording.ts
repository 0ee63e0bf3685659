// How steps, exits and fields are called on the page; what the page has no word for shows its own name.
import { useWords } from "../words/WordsProvider";
import type { FlowFault } from "./api";
import { type Json, type Node, shownName } from "./draft";

const KEY_EXIT = /^keys\.(.)$/;

export function useFlowWords() {
  const { t, named } = useWords();
  const exitLabel = (exit: string) => {
    const key = KEY_EXIT.exec(exit)?.[1];
    return key === undefined ? worded(named("flows.exit-", exit), exit) : t("flows.exit-key", { key });
  };
  return {
    type: (type: string) => worded(named("flows.type-", type), type),
    typeHint: (type: string) => known(named("flows.about-", type), type),
    field: (field: string) => worded(named("flows.field-", field), field),
    fieldHint: (field: string) => known(named("flows.hint-", field), field),
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
  const first = node.prompt ?? node.extensions ?? node.group ?? node.number ?? node.timetable ?? node.mailbox ?? node.flow ?? node.language;
  return first === undefined || first === null ? "" : shownValue(first);
}

const shownValue = (value: Json): string => (Array.isArray(value) ? value.join(", ") : shownName(String(value)));

