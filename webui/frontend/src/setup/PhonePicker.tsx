// Which phones ring when the caller presses a key; none means that they may leave a message.
import { useWords } from "../words/WordsProvider";
import type { Phone } from "./api";
import style from "./Setup.module.css";

interface Props {
  digit: "1" | "0";
  phones: Phone[];
  chosen: string[];
  change: (chosen: string[]) => void;
}

export function PhonePicker({ digit, phones, chosen, change }: Props) {
  const { t } = useWords();
  const toggle = (id: string) => change(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <fieldset className={style.group}>
      <legend>
        <kbd className={style.key}>{digit}</kbd> {t(digit === "1" ? "setup.key-1" : "setup.key-0")}
      </legend>
      {phones.map((phone) => (
        <label key={phone.id} className={style.phone}>
          <input type="checkbox" checked={chosen.includes(phone.id)} onChange={() => toggle(phone.id)} />
          <span>
            {phone.name}
            {!phone.name.includes(phone.id) && /^\d+$/.test(phone.id) && <span className="dim small"> {phone.id}</span>}
          </span>
        </label>
      ))}
      {chosen.length === 0 && <p className="small dim">{t("setup.key-message")}</p>}
    </fieldset>
  );
}
