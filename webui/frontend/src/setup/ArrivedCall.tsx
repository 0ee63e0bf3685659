// The test call as it happens, step by step, and how to hear it when it is over.
import { Button } from "@mantine/core";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { type PracticeLine, usePhone } from "../lines/api";
import type { LiveCall } from "../live/state";
import { useLineLabels } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import style from "./Setup.module.css";

/** Q.931: a phone of ours that was told to ring, and does. */
const RINGING = new Set<LiveCall["legs"][number]["state"]>(["call-delivered", "call-received"]);

interface Props {
  call: LiveCall;
  /** Practice phones, which this page can lift. */
  phones: PracticeLine[];
}

export function ArrivedCall({ call, phones }: Props) {
  const { t, named, word } = useWords();
  const label = useLineLabels();
  const told = ({ what }: LiveCall["story"][number]) =>
    word(what.args?.line === undefined ? what : { ...what, args: { ...what.args, line: label(String(what.args.line)) } });
  const over = call.phase === "ended";
  const answered = call.story.some((step) => step.what.code === "call.answered");
  const ringing = phones.filter((phone) => call.legs.some((leg) => leg.line_id === phone.line_id && RINGING.has(leg.state)));
  return (
    <article className={style.arrived} data-over={(over && answered) || undefined} aria-live="polite" aria-label={t("setup.arrived")}>
      <div className="row spread">
        <strong className="row">
          <Icon name={over && answered ? "check" : "incoming"} /> {t(over ? (answered ? "setup.worked" : "setup.not-answered") : "setup.arrived")}
        </strong>
        <span className="small">
          {call.calling ?? t("call.withheld")} · {named("phase.", call.phase)}
        </span>
      </div>
      {ringing.map((phone) => (
        <LiftPhone key={phone.line_id} phone={phone} name={label(phone.line_id)} />
      ))}
      <ol className={`plain small ${style.story}`}>
        {call.story.map((step, at) => (
          <li key={at}>
            <span className="number dim">{clockTime(step.at_ms / 1000)}</span> {told(step)}
          </li>
        ))}
      </ol>
      {over && (
        <Link href={`/calls/${call.call_id}`}>{t("setup.hear-it")}</Link>
      )}
    </article>
  );
}

function LiftPhone({ phone, name }: { phone: PracticeLine; name: string }) {
  const { t } = useWords();
  const lifting = useAction(() => usePhone(phone.line_id, "answer"));
  return (
    <>
      <Button size="sm" leftSection={<Icon name="phone" size={16} />} loading={lifting.busy} onClick={() => void lifting.run()} style={{ justifySelf: "start" }}>
        {t("setup.lift", { phone: name })}
      </Button>
      <ProblemNote problem={lifting.problem} />
    </>
  );
}
