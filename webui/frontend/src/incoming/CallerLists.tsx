// Whose calls are not wanted, who is always let in, who is dear to us; and hidden numbers.
import { Button, Loader, NativeSelect } from "@mantine/core";
import { type ClipboardEvent, type FormEvent, useId, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeCallers, readRouting, type RoutingIn } from "./api";
import style from "./Incoming.module.css";
import { numbersIn, numbersOfTable } from "./numbers";
import { useIncomingLabels } from "./useIncomingLabels";

const LISTS = ["blocked", "allowed", "vip"] as const;
const WITHHELD = ["let-in", "challenge", "refuse"] as const;

export function CallerLists() {
  const routing = useAnswer(readRouting, "");
  if (routing.value === null) return routing.loading ? <Loader color="tip" /> : <ProblemNote problem={routing.problem} again={routing.again} />;
  return <CallersForm key={routing.value.version} now={routing.value} changed={routing.again} />;
}

function CallersForm({ now, changed }: { now: RoutingIn; changed: () => void }) {
  const { t, named } = useWords();
  const labels = useIncomingLabels();
  const [lists, setLists] = useState(() => Object.fromEntries(LISTS.map((list) => [list, (now.callers[list] ?? []).join("\n")])) as Record<(typeof LISTS)[number], string>);
  const [withheld, setWithheld] = useState(now.callers.withheld ?? "let-in");
  const [saved, setSaved] = useState(false);
  const saving = useAction(async () => {
    await changeCallers({ based_on: now.version, blocked: numbersIn(lists.blocked), allowed: numbersIn(lists.allowed), vip: numbersIn(lists.vip), withheld });
    setSaved(true);
    changed();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <form onSubmit={submit} className="stack">
      <p className="dim">{t("callers.lead")}</p>
      <div className="card pad">
        <NativeSelect
          label={t("callers.withheld")}
          description={t(`callers.withheld-hint-${withheld}`)}
          value={withheld}
          onChange={(event) => setWithheld(event.currentTarget.value as typeof withheld)}
          data={WITHHELD.map((value) => ({ value, label: named("callers.withheld-", value) }))}
        />
      </div>
      <div className={style.lists}>
        {LISTS.map((list) => (
          <NumberList key={list} label={t(`callers.${list}`)} hint={t(`callers.${list}-hint`)} value={lists[list]} change={(value) => setLists({ ...lists, [list]: value })} />
        ))}
      </div>
      <ProblemNote problem={saving.problem} labels={labels} />
      <div className="row">
        <Button type="submit" loading={saving.busy}>
          {t("phones.save")}
        </Button>
        {saved && !saving.busy && saving.problem === null && <span role="status">{t("incoming.saved")}</span>}
      </div>
    </form>
  );
}

interface ListProps {
  label: string;
  hint: string;
  value: string;
  change: (value: string) => void;
}

function NumberList({ label, hint, value, change }: ListProps) {
  const { count } = useWords();
  const id = useId();
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const table = numbersOfTable(event.clipboardData.getData("text"));
    if (table === null) return;
    event.preventDefault();
    change([...numbersIn(value), ...table].join("\n"));
  };
  return (
    <section className="card pad stack" style={{ gap: 8 }}>
      <div>
        <h2>
          <label htmlFor={id}>{label}</label>
        </h2>
        <p className="small dim" id={`${id}-hint`}>
          {hint}
        </p>
      </div>
      <textarea id={id} aria-describedby={`${id}-hint`} value={value} spellCheck={false} inputMode="tel" onPaste={paste} onChange={(event) => change(event.currentTarget.value)} />
      <span className="small dim">{count("callers.count", numbersIn(value).length)}</span>
    </section>
  );
}
