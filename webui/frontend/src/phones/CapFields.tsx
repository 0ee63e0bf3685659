// How much may be dialled a day and a month; empty is no limit.
import { TextInput } from "@mantine/core";
import { useWords } from "../words/WordsProvider";
import style from "./Phones.module.css";

const CAPS = ["calls_at_once", "calls_per_minute", "minutes_per_day", "money_per_day", "minutes_per_month", "money_per_month"] as const;
type Caps = { [cap in (typeof CAPS)[number]]?: number | string | null };

interface Props {
  caps: Caps;
  currency: string;
  change: (part: { [cap in (typeof CAPS)[number]]?: number | null }) => void;
}

export function CapFields({ caps, currency, change }: Props) {
  const { t, named } = useWords();
  return (
    <fieldset className={style.caps}>
      <legend>{t("dialling.caps")}</legend>
      {CAPS.map((cap) => (
        <TextInput
          key={cap}
          size="sm"
          type="number"
          min={0}
          step={cap.startsWith("money") ? "0.01" : "1"}
          label={named("cap.", cap) + (cap.startsWith("money") ? ` (${currency})` : "")}
          value={caps[cap] === null || caps[cap] === undefined ? "" : String(Number(caps[cap]))}
          onChange={(event) => change({ [cap]: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}
        />
      ))}
    </fieldset>
  );
}
