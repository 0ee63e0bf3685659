// One set of opening hours: its week, its holidays and its single days.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Check } from "../phones/Check";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeHours, type Hours, removeHours, type Timetable, type TimetableView } from "./api";
import { type Week, weeklyOf, weekOf } from "./days";
import { spaced } from "./DestinationSelect";
import { HolidayList } from "./HolidayList";
import { SingleDays } from "./SingleDays";
import { useIncomingLabels } from "./useIncomingLabels";
import { WeekGrid } from "./WeekGrid";

interface Props {
  one: TimetableView | null;
  now: Hours;
  close: () => void;
  changed: () => void;
}

const NEW: Timetable = {
  weekly: [{ days: ["mon", "tue", "wed", "thu", "fri"], opens: "09:00", closes: "17:00" }],
  closed_on: [],
  open_on: [],
  hours_on: [],
  public_holidays: true,
  switched_by_code: true,
  region: null,
};

export function HoursDialog({ one, now, close, changed }: Props) {
  const { t } = useWords();
  const labels = useIncomingLabels();
  const [name, setName] = useState("");
  const [hours, setHours] = useState<Timetable>(one?.hours ?? NEW);
  const [week, setWeek] = useState<Week>(() => weekOf(one?.hours ?? NEW));
  const change = (part: Partial<Timetable>) => setHours((before) => ({ ...before, ...part }));
  const done = () => {
    changed();
    close();
  };
  const saving = useAction(async () => {
    await changeHours(one?.name ?? nameFrom(name, now), now.version, { ...hours, weekly: weeklyOf(week) });
    done();
  });
  const removing = useAction(async () => {
    if (one === null || !window.confirm(t("hours.remove-sure", { name: spaced(one.name) }))) return;
    await removeHours(one.name);
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const regions = Object.entries(now.regions).sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <Modal opened onClose={close} size="lg" title={one ? spaced(one.name) : t("hours.add")}>
      <form onSubmit={submit} className="stack">
        {one === null && <TextInput label={t("hours.name")} description={t("hours.name-hint")} value={name} required maxLength={40} data-autofocus onChange={(event) => setName(event.currentTarget.value)} />}
        <WeekGrid week={week} change={setWeek} />
        <Check label={t("hours.public-holidays")} hint={t("hours.public-holidays-hint")} checked={hours.public_holidays ?? true} change={(public_holidays) => change({ public_holidays })} />
        {hours.public_holidays !== false && regions.length > 0 && (
          <NativeSelect
            label={t("hours.region")}
            description={t("hours.region-hint")}
            value={hours.region ?? ""}
            onChange={(event) => change({ region: event.currentTarget.value || null })}
            data={[{ value: "", label: t("hours.whole-country") }, ...regions.map(([value, label]) => ({ value, label }))]}
          />
        )}
        {hours.public_holidays !== false && <HolidayList hours={hours} change={change} />}
        <SingleDays hours={hours} change={change} />
        <Check label={t("hours.switched")} hint={t("hours.switched-hint")} checked={hours.switched_by_code ?? true} change={(switched_by_code) => change({ switched_by_code })} />
        <ProblemNote problem={saving.problem ?? removing.problem} labels={labels} />
        <div className="row spread">
          <Button type="submit" loading={saving.busy}>
            {t("phones.save")}
          </Button>
          {one && (
            <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
              {t("hours.remove")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}

/** A name as tipring.toml wants it, that no other hours have. */
function nameFrom(name: string, now: Hours): string {
  const plain = name.toLowerCase().normalize("NFD").replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 30) || "hours";
  const taken = new Set(now.timetables.map((one) => one.name));
  let free = plain;
  for (let n = 2; taken.has(free); n++) free = `${plain}-${n}`;
  return free;
}
