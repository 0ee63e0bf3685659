// One device's report card: what it is, what it can do, and what keeps it from the rest.
import { HealthMark } from "../lines/HealthMark";
import { SignalBars } from "../lines/SignalBars";
import { useWords } from "../words/WordsProvider";
import type { Card } from "./api";
import style from "./Setup.module.css";

const SIGN = { yes: "M4 9l3.5 3.500L14 5.500", no: "M5 5l8 8M13 5l-8 8", later: "M5 9h8" };

export function DeviceCard({ card }: { card: Card }) {
  const { t, named, word } = useWords();
  const kind = named("driver.", card.driver);
  return (
    <li className={style.device} aria-label={card.name}>
      <div className={style.head}>
        <HealthMark health={card.is_line ? card.health : card.why ? "needs-attention" : "ready"} />
        <div className="grow">
          <strong>{card.name}</strong>
          <div className="small dim">{[kind, card.number, card.operator].filter(Boolean).join(" · ")}</div>
        </div>
        <SignalBars dbm={card.signal_dbm} />
      </div>
      <ul className={`plain ${style.points}`}>
        {card.points.map(({ what, can }) => (
          <li key={what} data-can={String(can)}>
            <Sign can={can} />
            <span>
              {named("setup.point-", what)}
              <span className={style.unseen}>: {t(can === null ? "setup.maybe" : can ? "setup.yes" : "setup.no")}</span>
              {can === null && <span className="dim small"> ({t("setup.first-call-tells")})</span>}
            </span>
          </li>
        ))}
      </ul>
      {card.why && <p className="small">{word(card.why)}</p>}
      {!card.is_line && <p className="small dim">{t(card.phone ? "setup.becomes-phone" : "setup.becomes-line")}</p>}
    </li>
  );
}

function Sign({ can }: { can: boolean | null }) {
  const path = can === null ? SIGN.later : can ? SIGN.yes : SIGN.no;
  return (
    <svg width="16" height="16" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      <path d={path} />
    </svg>
  );
}
