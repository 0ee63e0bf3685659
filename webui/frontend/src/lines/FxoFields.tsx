// What an analogue line needs besides: its country, caller id, and the tone by which it hangs up.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Check } from "../phones/Check";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { forgetTone } from "./api";
import { COUNTRY_CODES } from "./countries";
import type { FieldProps } from "./LineDialog";
import style from "./LinesPage.module.css";

export function FxoFields({ line, form, change }: FieldProps) {
  const { t, language } = useWords();
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: "region" });
    return COUNTRY_CODES.map((value) => ({ value, label: names.of(value) ?? value })).sort((a, b) => a.label.localeCompare(b.label, language));
  }, [language]);
  return (
    <>
      <NativeSelect
        label={t("line.country")}
        description={t("line.country-hint")}
        value={form.country ?? ""}
        onChange={(event) => change({ country: event.currentTarget.value || null })}
        data={[{ value: "", label: t("line.country-office") }, ...countries]}
      />
      <Check label={t("line.caller-id")} hint={t("line.caller-id-hint")} checked={form.caller_id ?? true} change={(caller_id) => change({ caller_id })} />
      <TextInput type="number" min={1} max={10} label={t("line.rings")} description={t("line.rings-hint")} value={String(form.answer_after_rings)} onChange={(event) => change({ answer_after_rings: Number(event.currentTarget.value) })} />
      <Check label={t("line.echo")} hint={t("line.echo-hint")} checked={form.echo_canceller ?? true} change={(echo_canceller) => change({ echo_canceller })} />
      <HangupTone line={line} />
      <TextInput label={t("line.serial")} description={t("line.serial-hint")} value={form.serial ?? ""} required onChange={(event) => change({ serial: event.currentTarget.value.trim() })} />
    </>
  );
}

function HangupTone({ line }: Pick<FieldProps, "line">) {
  const { t, number, moment } = useWords();
  const [known, setKnown] = useState(line.hangup_tone ?? null);
  const forgetting = useAction(async () => {
    await forgetTone(line.id);
    setKnown(null);
  });
  return (
    <section className={style.tone} aria-label={t("line.hangup")}>
      <strong>{t("line.hangup")}</strong>
      {known === null && <p className="small dim">{t("line.hangup-unknown")}</p>}
      {known && (
        <>
          <p className="small">
            {t("line.hangup-tone", { hz: number(Math.round(known.tone.frequency_hz)), on: number(known.tone.on_ms), off: number(known.tone.off_ms) })}{" "}
            <span className="dim">{known.learned_at ? t("line.hangup-learned", { at: moment(known.learned_at) }) : t("line.hangup-written")}</span>
          </p>
          <Button size="xs" variant="default" loading={forgetting.busy} onClick={() => void forgetting.run()}>
            {t("line.hangup-forget")}
          </Button>
        </>
      )}
      <ProblemNote problem={forgetting.problem} />
    </section>
  );
}
