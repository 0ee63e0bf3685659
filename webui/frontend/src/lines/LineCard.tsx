// One line in full: health in words, what names the device, what it can do, testing it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../api/useAnswer";
import type { LiveLine } from "../live/state";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type PracticeLine, type SelfTest, testLine } from "./api";
import { HealthMark } from "./HealthMark";
import style from "./LinesPage.module.css";
import { PracticeCall } from "./PracticeCall";
import { PracticePhone } from "./PracticePhone";
import { SignalBars } from "./SignalBars";

interface Props {
  line: LiveLine;
  practice: PracticeLine | null;
  changed: () => void;
  edit?: () => void;
  /** The provider's account behind a trunk. */
  account?: () => void;
  check?: () => void;
  /** Takes a device into use that is plugged in but not configured. */
  adopt?: () => void;
}

export function LineCard({ line, practice, changed, edit, account, check, adopt }: Props) {
  const { t, named, word } = useWords();
  const [found, setFound] = useState<SelfTest | null>(null);
  const { line_id, driver, health, why, audio, abilities = [], identity = {}, signal_dbm } = line.line;
  const testing = useAction(async () => {
    setFound(null);
    setFound(await testLine(line_id));
  });
  const rows = Object.entries({ ...(line.number ? { number: line.number } : {}), ...identity });
  return (
    <article className={`card pad ${style.card}`} aria-label={line.label || line_id}>
      <div className={style.head}>
        <HealthMark health={health} />
        <div className="grow">
          <h2>
            {line.label || line_id} {!line.enabled && <span className={style.off}>{t("line.off")}</span>}
          </h2>
          <div className="small dim">
            <span className="mono">{line_id}</span> · {named("driver.", driver)}
          </div>
        </div>
        <SignalBars dbm={signal_dbm ?? null} />
      </div>
      <p>
        <strong>{named("health.", health)}</strong>
        {why && <span>: {word(why)}</span>}
      </p>
      {audio !== "full" && !why && <p className="small dim">{t(audio === "half" ? "lines.half-hint" : "lines.sms-hint")}</p>}
      <dl className={style.identity}>
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{named("identity.", name)}</dt>
            <dd className="number" style={{ whiteSpace: "normal" }}>
              {value}
            </dd>
          </div>
        ))}
        {abilities.length > 0 && (
          <>
            <dt>{t("lines.can")}</dt>
            <dd>{[...abilities].sort().map((ability) => named("ability.", ability)).join(", ")}</dd>
          </>
        )}
      </dl>
      {found && (
        <div className={`small ${style.finding}`} data-failed={found.passed === false || undefined} role="status">
          <strong>
            {found.passed === null || found.passed === undefined
              ? t("lines.test-begun")
              : t(found.passed ? "lines.test-passed" : "lines.test-failed")}
          </strong>
          {found.findings.map((finding, at) => (
            <div key={at}>{word(finding)}</div>
          ))}
        </div>
      )}
      <ProblemNote problem={testing.problem} />
      <div className={style.actions}>
        <Button size="xs" variant="default" loading={testing.busy} onClick={() => void testing.run()}>
          {t("lines.test")}
        </Button>
        {edit && (
          <Button size="xs" variant="default" onClick={edit}>
            {t("phones.edit")}
          </Button>
        )}
        {account && (
          <Button size="xs" variant="default" onClick={account}>
            {t("line.account")}
          </Button>
        )}
        {check && (
          <Button size="xs" variant="default" onClick={check}>
            {t("sound.check")}
          </Button>
        )}
        {adopt && (
          <Button size="xs" onClick={adopt}>
            {t("line.adopt")}
          </Button>
        )}
        {practice && !practice.phone && <PracticeCall line={practice} label={line.label || line_id} />}
      </div>
      {practice?.phone && <PracticePhone phone={practice} changed={changed} />}
    </article>
  );
}
