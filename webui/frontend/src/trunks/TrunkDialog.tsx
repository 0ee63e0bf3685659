// What the provider's letter says, typed in: enough for most; the rest waits behind "more".
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { Check } from "../phones/Check";
import { useFieldLabels } from "../phones/useFieldLabels";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { addTrunk, changeTrunk, removeTrunk, type Trunk, type TrunkForm } from "./api";

const NEW: TrunkForm = {
  label: "",
  server: "",
  backup_server: null,
  user: null,
  number: null,
  number_format: "e164",
  transport: "udp",
  registers: true,
  calls_at_once: 2,
  secret: null,
};
const FORMATS = ["e164", "e164-no-plus", "national", "as-dialled"] as const;

interface Props {
  trunk: Trunk | null;
  close: () => void;
  changed: () => void;
}

export function TrunkDialog({ trunk, close, changed }: Props) {
  const { t } = useWords();
  const labels = useFieldLabels();
  const [form, setForm] = useState<TrunkForm>(() => (trunk ? formOf(trunk) : NEW));
  const change = (part: Partial<TrunkForm>) => setForm((before) => ({ ...before, ...part }));
  const done = () => {
    changed();
    close();
  };
  const saving = useAction(async () => {
    await (trunk ? changeTrunk(trunk.id, form) : addTrunk(form));
    done();
  });
  const removing = useAction(async () => {
    if (trunk === null || !window.confirm(t("trunks.remove-sure", { trunk: trunk.label || trunk.id }))) return;
    await removeTrunk(trunk.id);
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <Modal opened onClose={close} title={t(trunk ? "trunks.edit-title" : "trunks.add-title")}>
      <form onSubmit={submit} className="stack">
        <TextInput label={t("trunks.label")} value={form.label} maxLength={60} data-autofocus onChange={(event) => change({ label: event.currentTarget.value })} />
        <TextInput
          label={t("trunks.server")}
          description={t("trunks.server-hint")}
          value={form.server}
          required
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => change({ server: event.currentTarget.value.trim() })}
        />
        <TextInput
          label={t("trunks.user")}
          value={form.user ?? ""}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => change({ user: event.currentTarget.value || null })}
        />
        <TextInput
          type="password"
          label={t("trunks.secret")}
          description={t(trunk?.secret_set ? "trunks.secret-kept" : "trunks.secret-hint")}
          value={form.secret ?? ""}
          autoComplete="new-password"
          onChange={(event) => change({ secret: event.currentTarget.value || null })}
        />
        <TextInput
          type="tel"
          label={t("trunks.number")}
          description={t("trunks.number-hint")}
          value={form.number ?? ""}
          onChange={(event) => change({ number: event.currentTarget.value || null })}
        />
        <details>
          <summary>{t("trunks.more")}</summary>
          <MoreFields form={form} change={change} />
        </details>
        <ProblemNote problem={saving.problem ?? removing.problem} labels={labels} />
        <div className="row spread">
          <Button type="submit" loading={saving.busy}>
            {t(trunk ? "phones.save" : "trunks.add")}
          </Button>
          {trunk && (
            <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
              {t("trunks.remove")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}

function MoreFields({ form, change }: { form: TrunkForm; change: (part: Partial<TrunkForm>) => void }) {
  const { t, named } = useWords();
  return (
    <div className="stack" style={{ paddingTop: 12 }}>
      <NativeSelect
        label={t("trunks.number-format")}
        value={form.number_format}
        onChange={(event) => change({ number_format: event.currentTarget.value as TrunkForm["number_format"] })}
        data={FORMATS.map((value) => ({ value, label: named("trunks.format-", value) }))}
      />
      <NativeSelect
        label={t("trunks.transport")}
        value={form.transport}
        onChange={(event) => change({ transport: event.currentTarget.value as TrunkForm["transport"] })}
        data={[
          { value: "udp", label: "UDP" },
          { value: "tcp", label: "TCP" },
          { value: "tls", label: t("trunks.transport-tls") },
        ]}
      />
      <TextInput
        type="number"
        min={1}
        max={30}
        label={t("trunks.calls-at-once")}
        description={t("trunks.calls-at-once-hint")}
        value={String(form.calls_at_once)}
        onChange={(event) => change({ calls_at_once: Number(event.currentTarget.value) })}
      />
      <TextInput
        label={t("trunks.backup-server")}
        value={form.backup_server ?? ""}
        onChange={(event) => change({ backup_server: event.currentTarget.value.trim() || null })}
      />
      <Check
        label={t("trunks.registers")}
        hint={t("trunks.registers-hint")}
        checked={form.registers ?? true}
        change={(registers) => change({ registers })}
      />
    </div>
  );
}

function formOf(trunk: Trunk): TrunkForm {
  const { id: _id, secret_set: _set, ...fields } = trunk;
  return { ...fields, secret: null };
}
