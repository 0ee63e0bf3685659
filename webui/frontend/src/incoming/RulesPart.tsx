// The rules for calls in, in the order in which they are asked, and a look at what they do.
import { Button, Loader } from "@mantine/core";
import { useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { Icon } from "../Icon";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeRules, readRouting, type RoutingIn, type Rule } from "./api";
import { spaced, useDestinationWords } from "./DestinationSelect";
import style from "./Incoming.module.css";
import { Preview } from "./Preview";
import { RuleDialog } from "./RuleDialog";

export function RulesPart() {
  const { t } = useWords();
  const { box } = useLive();
  const routing = useAnswer(readRouting, String(box?.config_version ?? 0));
  const [editing, setEditing] = useState<number | null>(null);
  const saving = useAction(async (rules: Rule[]) => {
    if (routing.value) await changeRules(routing.value.version, rules);
    routing.again();
  });
  const now = routing.value;
  if (now === null) return routing.loading ? <Loader color="tip" /> : <ProblemNote problem={routing.problem} again={routing.again} />;
  const rules = now.rules;
  const put = (at: number, rule: Rule) => (at < rules.length ? rules.map((one, here) => (here === at ? rule : one)) : [...rules, rule]);
  return (
    <>
      <div className="row spread">
        <p className="dim grow">{t("incoming.lead")}</p>
        <Button variant="default" onClick={() => setEditing(rules.length)}>
          {t("incoming.add-rule")}
        </Button>
      </div>
      <ProblemNote problem={saving.problem} />
      {rules.length === 0 && <Empty title={t("incoming.no-rules")} />}
      {rules.length > 0 && (
        <ol className={`card plain ${style.rules}`} aria-label={t("incoming.part-rules")}>
          {rules.map((rule, at) => (
            <RuleRow key={`${at} ${JSON.stringify(rule)}`} rule={rule} at={at} now={now} busy={saving.busy || routing.loading} edit={() => setEditing(at)} save={(next) => void saving.run(next)} />
          ))}
        </ol>
      )}
      <Preview routing={now} />
      {editing !== null && (
        <RuleDialog
          rule={rules[editing] ?? null}
          routing={now}
          close={() => setEditing(null)}
          save={(rule) => changeRules(now.version, put(editing, rule)).then(routing.again)}
          remove={() => changeRules(now.version, rules.filter((_, at) => at !== editing)).then(routing.again)}
        />
      )}
    </>
  );
}

interface RowProps {
  rule: Rule;
  at: number;
  now: RoutingIn;
  busy: boolean;
  edit: () => void;
  save: (rules: Rule[]) => void;
}

function RuleRow({ rule, at, now, busy, edit, save }: RowProps) {
  const { t } = useWords();
  const whereTo = useDestinationWords();
  const conditions = useConditions(rule, now);
  const earlier = () => {
    const next = [...now.rules];
    next.splice(at - 1, 2, ...next.slice(at - 1, at + 1).reverse());
    save(next);
  };
  return (
    <li className={style.rule}>
      <span className={style.place}>{at + 1}</span>
      <div className="grow">
        <div className="small dim">{conditions.length > 0 ? conditions.join(" · ") : t("incoming.every-call")}</div>
        <strong>{whereTo(rule.to, now)}</strong>
      </div>
      <button type="button" className={style.icon} disabled={at === 0 || busy} onClick={earlier} aria-label={t("incoming.earlier", { rule: at + 1 })} title={t("incoming.earlier", { rule: at + 1 })}>
        <Icon name="up" size={18} />
      </button>
      <Button size="xs" variant="default" onClick={edit}>
        {t("phones.edit")}
      </Button>
    </li>
  );
}

function useConditions(rule: Rule, now: RoutingIn): string[] {
  const { t, named } = useWords();
  const nameOf = (id: string) => now.lines.find((one) => one.id === id)?.name ?? id;
  return [
    ...(rule.lines?.length ? [t("incoming.if-lines", { lines: rule.lines.map(nameOf).join(", ") })] : []),
    ...(rule.called?.length ? [t("incoming.if-called", { numbers: rule.called.join(", ") })] : []),
    ...(rule.callers?.length ? [t("incoming.if-callers", { callers: rule.callers.map((one) => named("caller.", one)).join(", ") })] : []),
    ...(rule.timetable ? [t("incoming.if-open", { timetable: spaced(rule.timetable) })] : []),
  ];
}
