// What few extensions need: another language, codes they may not use, how long a mobile is asked.
import { NativeSelect, TextInput } from "@mantine/core";
import { useAnswer } from "../api/useAnswer";
import { LANGUAGE_CODES, LANGUAGES } from "../words/languages";
import { useWords } from "../words/WordsProvider";
import { type ExtensionFields, listCodes } from "./api";
import { Check } from "./Check";
import style from "./Phones.module.css";

interface Props {
  fields: ExtensionFields;
  change: (part: Partial<ExtensionFields>) => void;
}

export function MoreExtension({ fields, change }: Props) {
  const { t, word } = useWords();
  const codes = useAnswer(listCodes, "");
  const blocked = fields.blocked_codes ?? [];
  return (
    <div className="stack" style={{ paddingTop: 12 }}>
      <NativeSelect
        label={t("phones.language")}
        description={t("phones.language-hint")}
        value={fields.language ?? ""}
        onChange={(event) => change({ language: (event.currentTarget.value || null) as ExtensionFields["language"] })}
        data={[{ value: "", label: t("phones.language-office") }, ...LANGUAGE_CODES.map((code) => ({ value: code, label: LANGUAGES[code].name }))]}
      />
      {fields.mobile && fields.confirm !== false && (
        <TextInput type="number" min={5} max={60} label={t("phones.confirm-s")} description={t("phones.confirm-s-hint")} value={String(fields.confirm_s ?? 15)} onChange={(event) => change({ confirm_s: Number(event.currentTarget.value) })} />
      )}
      <fieldset className={style.order}>
        <legend>{t("phones.blocked-codes")}</legend>
        <span className="small dim">{t("phones.blocked-codes-hint")}</span>
        {codes.value
          ?.filter((code) => code.keys !== "")
          .map((code) => (
            <Check
              key={code.name}
              label={`${code.keys} ${word(code.does)}`}
              checked={blocked.includes(code.name)}
              change={(on) => change({ blocked_codes: on ? [...blocked, code.name] : blocked.filter((one) => one !== code.name) })}
            />
          ))}
      </fieldset>
    </div>
  );
}
