// A list of countries: those chosen, each to take out, and one more to put in.
import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { useWords } from "../words/WordsProvider";
import style from "./Phones.module.css";

interface Props {
  label: string;
  hint: string;
  own: string | null;
  all: string[];
  chosen: string[];
  change: (countries: string[]) => void;
}

export function CountryChoice({ label, hint, own, all, chosen, change }: Props) {
  const { t, language } = useWords();
  const countries = useMemo(() => named(all, language), [all, language]);
  const nameOf = (code: string) => countries.find((one) => one.code === code)?.name ?? code;
  const left = countries.filter((one) => one.code !== own && !chosen.includes(one.code));
  return (
    <div className={style.countries}>
      <NativeSelect
        label={label}
        description={hint}
        value=""
        onChange={(event) => event.currentTarget.value && change([...chosen, event.currentTarget.value])}
        data={[{ value: "", label: t("dialling.add-country") }, ...left.map((one) => ({ value: one.code, label: one.name }))]}
      />
      {chosen.length > 0 && (
        <ul className={`plain ${style.chips}`}>
          {chosen.map((code) => (
            <li key={code}>
              {nameOf(code)}
              <button type="button" aria-label={t("dialling.close-country", { country: nameOf(code) })} onClick={() => change(chosen.filter((one) => one !== code))}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** In the order of the reader's language. */
function named(codes: string[], language: string): { code: string; name: string }[] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  return codes
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((one, other) => one.name.localeCompare(other.name, language));
}
