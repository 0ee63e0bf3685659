// Over which lines calls go out: their order, what a minute costs, and what each may carry.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { Icon } from "../Icon";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeLinesOut, type LineOut, type LinesOut, readLinesOut } from "./api";
import { CapFields } from "./CapFields";
import { Check } from "./Check";
import { DialTry } from "./DialTry";
import { PriceFields } from "./PriceFields";
import style from "./Phones.module.css";

export function LinesOutPart() {
  const { box } = useLive();
  const out = useAnswer(readLinesOut, String(box?.config_version ?? 0));
  if (out.value === null) return <ProblemNote problem={out.problem} again={out.again} />;
  return (
    <>
      <LinesOutForm key={out.value.version} now={out.value} changed={out.again} />
      <DialTry now={out.value} />
    </>
  );
}

function LinesOutForm({ now, changed }: { now: LinesOut; changed: () => void }) {
  const { t } = useWords();
  const [chosen, setChosen] = useState<LineOut[]>(now.chosen);
  const left = now.lines.filter((line) => !chosen.some((one) => one.line === line.id));
  const saving = useAction(async () => {
    await changeLinesOut(now.version, chosen);
    changed();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const put = (at: number, part: Partial<LineOut>) => setChosen(chosen.map((one, here) => (here === at ? { ...one, ...part } : one)));
  const earlier = (at: number) => setChosen(chosen.map((one, here) => (here === at - 1 ? chosen[at] : here === at ? chosen[at - 1] : one) ?? one));
  return (
    <form onSubmit={submit} className="card pad stack" aria-label={t("linesout.title")}>
      <div>
        <h2>{t("linesout.title")}</h2>
        <p className="small dim">{t(chosen.length > 0 ? "linesout.lead" : "linesout.all")}</p>
      </div>
      {chosen.map((one, at) => (
        <OneLine key={one.line} one={one} now={now} first={at === 0} change={(part) => put(at, part)} earlier={() => earlier(at)} remove={() => setChosen(chosen.filter((_, here) => here !== at))} />
      ))}
      {left.length > 0 && (
        <NativeSelect
          label={t("linesout.add")}
          value=""
          onChange={(event) => event.currentTarget.value && setChosen([...chosen, { line: event.currentTarget.value } as LineOut])}
          data={[{ value: "", label: t("linesout.choose") }, ...left.map((line) => ({ value: line.id, label: line.name }))]}
        />
      )}
      <ProblemNote problem={saving.problem} labels={{ cost_per_minute: t("linesout.cost"), kinds: t("linesout.kinds") }} />
      <Button type="submit" loading={saving.busy} style={{ justifySelf: "start" }}>
        {t("phones.save")}
      </Button>
    </form>
  );
}

interface LineProps {
  one: LineOut;
  now: LinesOut;
  first: boolean;
  change: (part: Partial<LineOut>) => void;
  earlier: () => void;
  remove: () => void;
}

function OneLine({ one, now, first, change, earlier, remove }: LineProps) {
  const { t, named } = useWords();
  const name = now.lines.find((line) => line.id === one.line)?.name ?? one.line;
  const kinds = one.kinds ?? [];
  return (
    <details className={style.lineout}>
      <summary>
        <strong>{name}</strong>{" "}
        <span className="dim small">
          {Number(one.cost_per_minute ?? 0)} {now.currency}/min · {kinds.length > 0 ? kinds.map((kind) => named("kind.", kind)).join(", ") : t("linesout.every-kind")}
        </span>
      </summary>
      <div className="stack" style={{ paddingTop: 12 }}>
        <TextInput type="number" min={0} step="0.001" label={`${t("linesout.cost")} (${now.currency})`} description={t("linesout.cost-hint")} value={String(Number(one.cost_per_minute ?? 0))} onChange={(event) => change({ cost_per_minute: Number(event.currentTarget.value) })} />
        <PriceFields one={one} now={now} change={change} />
        <fieldset className={style.order}>
          <legend>{t("linesout.kinds")}</legend>
          <span className="small dim">{t("linesout.kinds-hint")}</span>
          {now.kinds.map((kind) => (
            <Check key={kind} label={named("kind.", kind)} checked={kinds.includes(kind)} change={(on) => change({ kinds: on ? [...kinds, kind] : kinds.filter((other) => other !== kind) })} />
          ))}
        </fieldset>
        <Check label={t("linesout.abroad")} hint={t("linesout.abroad-hint")} checked={one.abroad ?? true} change={(abroad) => change({ abroad })} />
        <CapFields caps={one} currency={now.currency} change={change} />
        <div className="row">
          {!first && (
            <Button size="xs" variant="default" leftSection={<Icon name="up" size={16} />} onClick={earlier}>
              {t("linesout.earlier")}
            </Button>
          )}
          <Button size="xs" variant="subtle" color="ring" onClick={remove}>
            {t("linesout.remove")}
          </Button>
        </div>
      </div>
    </details>
  );
}
