// The box's own block list, who flows dial as, and what looks like fraud.
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { numbersIn } from "../incoming/numbers";
import { spaced } from "../incoming/DestinationSelect";
import { useWords } from "../words/WordsProvider";
import type { Dialling, GuardFields } from "./api";

interface Props {
  guard: GuardFields;
  rules: Dialling;
  change: (part: Partial<GuardFields>) => void;
}

const FIGURES = ["max_abroad_minutes", "calls_while_closed", "short_calls_per_hour"] as const;

export function GuardMore({ guard, rules, change }: Props) {
  const { t, named } = useWords();
  const own = rules.classes.filter((one) => one.id !== "standard");
  return (
    <div className="stack" style={{ paddingTop: 12 }}>
      {(["block", "allow"] as const).map((list) => (
        <Textarea
          key={list}
          label={named("guard.", list)}
          description={named("guard.", `${list}-hint`)}
          rows={3}
          value={(guard[list] ?? []).join("\n")}
          onChange={(event) => change({ [list]: event.currentTarget.value.split("\n") })}
          onBlur={(event) => change({ [list]: numbersIn(event.currentTarget.value) })}
        />
      ))}
      {own.length > 0 && (
        <NativeSelect
          label={t("guard.flow-class")}
          description={t("guard.flow-class-hint")}
          value={guard.flow_class ?? ""}
          onChange={(event) => change({ flow_class: event.currentTarget.value || null })}
          data={[{ value: "", label: named("dialling.class-", "standard") }, ...own.map((one) => ({ value: one.id, label: one.name || one.id }))]}
        />
      )}
      <NativeSelect
        label={t("guard.office-hours")}
        description={t("guard.office-hours-hint")}
        value={guard.office_hours ?? ""}
        onChange={(event) => change({ office_hours: event.currentTarget.value || null })}
        data={[{ value: "", label: t("guard.night") }, ...rules.timetables.map((name) => ({ value: name, label: spaced(name) }))]}
      />
      {FIGURES.map((figure) => (
        <TextInput
          key={figure}
          type="number"
          min={1}
          label={named("guard.", figure)}
          description={named("guard.", `${figure}-hint`)}
          value={guard[figure] === null || guard[figure] === undefined ? "" : String(guard[figure])}
          onChange={(event) => change({ [figure]: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}
        />
      ))}
    </div>
  );
}
