// When backups are made, how many stay, and where else they go.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useSteps } from "../people/useSteps";
import { useWords } from "../words/WordsProvider";
import { changePlan, type Plan } from "./api";
import style from "./Backup.module.css";

const WEEKDAYS: Plan["weekday"][] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const A_MONDAY = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 86_400_000;
const KEEPS = [3, 7, 14, 30, 60];
/** Hints below the inputs: they differ in length, and the inputs stand in one line. */
const ORDER: ("label" | "input" | "description")[] = ["label", "input", "description"];

export function PlanForm({ plan, changed }: { plan: Plan; changed: () => void }) {
  const { t, language } = useWords();
  const steps = useSteps();
  const [draft, setDraft] = useState(plan);
  const put = (part: Partial<Plan>) => setDraft({ ...draft, ...part });
  const save = (event: FormEvent) => {
    event.preventDefault();
    void steps.run(() => changePlan(draft).then(changed));
  };
  const names = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  const keeps = [...new Set([...KEEPS, draft.keep])].sort((a, b) => a - b);
  const planned = draft.every !== "never";
  return (
    <form className="card pad stack" onSubmit={save} aria-labelledby="backup-plan">
      <h2 id="backup-plan">{t("backup.plan")}</h2>
      <div className={style.fields}>
        <NativeSelect
          inputWrapperOrder={ORDER}
          label={t("backup.every")}
          description={t("backup.every-hint")}
          value={draft.every}
          onChange={(event) => put({ every: event.currentTarget.value as Plan["every"] })}
          data={(["day", "week", "never"] as const).map((value) => ({ value, label: t(`backup.every-${value}`) }))}
        />
        {draft.every === "week" && (
          <NativeSelect
            inputWrapperOrder={ORDER}
            label={t("backup.weekday")}
            description={t("backup.weekday-hint")}
            value={draft.weekday}
            onChange={(event) => put({ weekday: event.currentTarget.value as Plan["weekday"] })}
            data={WEEKDAYS.map((value, at) => ({ value, label: names.format(A_MONDAY + at * DAY_MS) }))}
          />
        )}
        {planned && (
          <NativeSelect
            inputWrapperOrder={ORDER}
            label={t("backup.hour")}
            description={t("backup.hour-hint")}
            value={String(draft.hour)}
            onChange={(event) => put({ hour: Number(event.currentTarget.value) })}
            data={Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, "0")}:00` }))}
          />
        )}
        <NativeSelect
          inputWrapperOrder={ORDER}
          label={t("backup.keep")}
          description={t("backup.keep-hint")}
          value={String(draft.keep)}
          onChange={(event) => put({ keep: Number(event.currentTarget.value) })}
          data={keeps.map(String)}
        />
      </div>
      <label className={style.check}>
        <input type="checkbox" checked={draft.recordings} onChange={(event) => put({ recordings: event.currentTarget.checked })} />
        <span>
          {t("backup.plan-recordings")}
          <span className="small dim">{t("backup.plan-recordings-hint")}</span>
        </span>
      </label>
      <details open={draft.folder !== ""}>
        <summary>{t("backup.elsewhere")}</summary>
        <TextInput
          mt="sm"
          label={t("backup.folder")}
          description={t("backup.folder-hint")}
          placeholder="/srv/tipring-backups"
          maxLength={200}
          value={draft.folder}
          onChange={(event) => put({ folder: event.currentTarget.value.trim() })}
        />
      </details>
      {steps.note}
      <div className="row">
        <Button type="submit" variant="default" loading={steps.busy} disabled={JSON.stringify(draft) === JSON.stringify(plan)}>
          {t("backup.save")}
        </Button>
      </div>
    </form>
  );
}
