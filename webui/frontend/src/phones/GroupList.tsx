// Groups: several people who ring for one call.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeGroup, type Group, type Groups, listGroups, type OfficePhones, removeGroup } from "./api";
import { Check } from "./Check";
import style from "./Phones.module.css";
import { useFieldLabels } from "./useFieldLabels";

const NEW: Group = { id: "", name: "", extension: null, extensions: [], strategy: "all", ring_s: 30, voicemail: null };

export function GroupList({ office }: { office: OfficePhones }) {
  const { t } = useWords();
  const { box } = useLive();
  const groups = useAnswer(listGroups, String(box?.config_version ?? 0));
  const [editing, setEditing] = useState<Group | null>(null);
  const now = groups.value;
  if (now === null) return <ProblemNote problem={groups.problem} again={groups.again} />;
  return (
    <section className="card" aria-label={t("groups.title")}>
      <div className={`row spread pad ${style.headed}`}>
        <h2>{t("groups.title")}</h2>
        <Button size="xs" variant="default" onClick={() => setEditing(NEW)}>
          {t("groups.add")}
        </Button>
      </div>
      <ul className="plain">
        {now.groups.map((one) => (
          <li key={one.id} className={style.device}>
            <div className="grow">
              <strong>{one.name || one.id}</strong> <span className="dim">{one.extension}</span>
              <div className="small dim">{one.extensions.map((id) => office.extensions.find((own) => own.id === id)?.name ?? id).join(", ")}</div>
            </div>
            <Button size="xs" variant="default" onClick={() => setEditing(one)}>
              {t("phones.edit")}
            </Button>
          </li>
        ))}
      </ul>
      {editing && <GroupDialog group={editing} now={now} office={office} close={() => setEditing(null)} changed={groups.again} />}
    </section>
  );
}

interface Props {
  group: Group;
  now: Groups;
  office: OfficePhones;
  close: () => void;
  changed: () => void;
}

function GroupDialog({ group, now, office, close, changed }: Props) {
  const { t } = useWords();
  const labels = useFieldLabels();
  const [fields, setFields] = useState<Group>(group);
  const change = (part: Partial<Group>) => setFields((before) => ({ ...before, ...part }));
  const done = () => {
    changed();
    close();
  };
  const saving = useAction(async () => {
    await changeGroup(now.version, { ...fields, id: group.id || nameFrom(fields.name ?? "", now) });
    done();
  });
  const removing = useAction(async () => {
    if (!window.confirm(t("groups.remove-sure", { name: group.name || group.id }))) return;
    await removeGroup(group.id);
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const members = fields.extensions;
  return (
    <Modal opened onClose={close} title={group.name || t("groups.add")}>
      <form onSubmit={submit} className="stack">
        <TextInput label={t("phones.name")} description={t("groups.name-hint")} value={fields.name} required maxLength={60} data-autofocus onChange={(event) => change({ name: event.currentTarget.value })} />
        <TextInput label={t("phones.number")} description={t("groups.number-hint")} inputMode="numeric" pattern="[0-9]{2,6}" value={fields.extension ?? ""} onChange={(event) => change({ extension: event.currentTarget.value || null })} />
        <fieldset className={style.order}>
          <legend>{t("groups.members")}</legend>
          {office.extensions.map((one) => (
            <Check key={one.id} label={`${one.id} ${one.name}`} checked={members.includes(one.id)} change={(on) => change({ extensions: on ? [...members, one.id] : members.filter((other) => other !== one.id) })} />
          ))}
        </fieldset>
        <NativeSelect
          label={t("phones.strategy")}
          value={fields.strategy}
          onChange={(event) => change({ strategy: event.currentTarget.value as Group["strategy"] })}
          data={[
            { value: "all", label: t("phones.strategy-all") },
            { value: "in-order", label: t("phones.strategy-in-order") },
          ]}
        />
        <TextInput type="number" min={5} max={180} label={t(fields.strategy === "all" ? "phones.ring-s" : "phones.ring-s-each")} value={String(fields.ring_s)} onChange={(event) => change({ ring_s: Number(event.currentTarget.value) })} />
        <NativeSelect
          label={t("phones.no-answer")}
          value={fields.voicemail ?? ""}
          onChange={(event) => change({ voicemail: event.currentTarget.value || null })}
          data={[{ value: "", label: t("phones.voicemail-none") }, ...office.mailboxes.map((box) => ({ value: box.id, label: t("phones.voicemail-of", { mailbox: box.name }) }))]}
        />
        <ProblemNote problem={saving.problem ?? removing.problem} labels={labels} />
        <div className="row spread">
          <Button type="submit" loading={saving.busy} disabled={members.length === 0}>
            {t("phones.save")}
          </Button>
          {group.id && (
            <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
              {t("groups.remove")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}

/** A name as tipring.toml wants it, that no other group has. */
function nameFrom(name: string, now: Groups): string {
  const plain = name.toLowerCase().normalize("NFD").replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 30) || "group";
  const taken = new Set(now.groups.map((one) => one.id));
  let free = plain;
  for (let n = 2; taken.has(free); n++) free = `${plain}-${n}`;
  return free;
}
