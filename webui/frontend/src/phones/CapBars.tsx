// How much of each limit for calls out is used: a bar and the figures.
import { useLive, useLineLabels } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import type { Dialling } from "./api";
import style from "./Phones.module.css";

type Cap = Dialling["caps"][number];

const NEAR_PERCENT = 80;

export function CapBars({ caps }: { caps: Cap[] }) {
  const { t, named, number } = useWords();
  const { box } = useLive();
  const labelOf = useLineLabels();
  const nameOf = (cap: Cap): string => {
    if (cap.scope === "line") return labelOf(cap.id ?? "");
    const extension = box?.extensions.find((one) => one.extension === cap.id);
    return cap.scope === "extension" ? `${cap.id} ${extension?.name ?? ""}` : named("dialling.scope-", cap.scope);
  };
  return (
    <section className="card pad stack" aria-label={t("dialling.used")}>
      <h2>{t("dialling.used")}</h2>
      {caps.map((cap) => {
        const percent = cap.limit > 0 ? Math.min(100, (100 * cap.used) / cap.limit) : 100;
        const figures = t(cap.per === "day" ? "dialling.used-today" : "dialling.used-this-month", {
          used: number(Number(cap.used.toFixed(2))),
          limit: number(cap.limit),
          unit: cap.unit,
        });
        const name = nameOf(cap);
        return (
          <div key={`${cap.scope} ${cap.id} ${cap.per} ${cap.unit}`}>
            <div className="row spread small">
              <strong>{name}</strong>
              <span className="number">{figures}</span>
            </div>
            <div
              className={style.bar}
              role="meter"
              aria-label={`${name}: ${figures}`}
              aria-valuenow={Math.round(percent)}
              data-near={percent >= NEAR_PERCENT || undefined}
              data-full={percent >= 100 || undefined}
            >
              <span style={{ width: `${percent}%` }} />
            </div>
          </div>
        );
      })}
    </section>
  );
}
