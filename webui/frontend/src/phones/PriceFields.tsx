// What a minute costs where it is not the usual price: by kind, abroad, and by how a number begins.
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../words/WordsProvider";
import type { LineOut, LinesOut } from "./api";
import style from "./Phones.module.css";

interface Props {
  one: LineOut;
  now: LinesOut;
  change: (part: Partial<LineOut>) => void;
}

type Prices = Record<string, number | string>;

export function PriceFields({ one, now, change }: Props) {
  const { t, named } = useWords();
  const [beginning, setBeginning] = useState("");
  const byKind = (one.cost_per_minute_of ?? {}) as Prices;
  const byBeginning = (one.cost_per_minute_to ?? {}) as Prices;
  const left = now.kinds.filter((kind) => !(kind in byKind));
  const add = () => {
    if (/^\+[1-9][0-9]{0,14}$/.test(beginning)) change({ cost_per_minute_to: { ...byBeginning, [beginning]: 0 } as LineOut["cost_per_minute_to"] });
    setBeginning("");
  };
  return (
    <fieldset className={style.order}>
      <legend>{t("linesout.prices")}</legend>
      {Object.entries(byKind).map(([kind, price]) => (
        <Price key={kind} label={named("kind.", kind)} price={price} change={(next) => change({ cost_per_minute_of: changed(byKind, kind, next) as LineOut["cost_per_minute_of"] })} />
      ))}
      <Price label={t("linesout.cost-abroad")} price={one.cost_per_minute_abroad ?? ""} change={(next) => change({ cost_per_minute_abroad: next })} />
      {Object.entries(byBeginning).map(([begins, price]) => (
        <Price key={begins} label={`${begins}…`} price={price} change={(next) => change({ cost_per_minute_to: changed(byBeginning, begins, next) as LineOut["cost_per_minute_to"] })} />
      ))}
      {left.length > 0 && (
        <NativeSelect
          size="xs"
          aria-label={t("linesout.price-of-kind")}
          value=""
          onChange={(event) => event.currentTarget.value && change({ cost_per_minute_of: { ...byKind, [event.currentTarget.value]: 0 } as LineOut["cost_per_minute_of"] })}
          data={[{ value: "", label: t("linesout.price-of-kind") }, ...left.map((kind) => ({ value: kind, label: named("kind.", kind) }))]}
        />
      )}
      <TextInput size="xs" type="tel" aria-label={t("linesout.price-to")} placeholder={t("linesout.price-to")} value={beginning} onChange={(event) => setBeginning(event.currentTarget.value.trim())} onBlur={add} />
    </fieldset>
  );
}

/** An empty price is the usual one. */
function changed(prices: Prices, key: string, price: number | null): Prices {
  const { [key]: _gone, ...rest } = prices;
  return price === null ? rest : { ...prices, [key]: price };
}

function Price({ label, price, change }: { label: string; price: number | string; change: (price: number | null) => void }) {
  return (
    <TextInput
      size="xs"
      type="number"
      min={0}
      step="0.001"
      label={label}
      value={price === "" ? "" : String(Number(price))}
      onChange={(event) => change(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}
    />
  );
}
