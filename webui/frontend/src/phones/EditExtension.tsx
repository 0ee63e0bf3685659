// Change an extension: its name, its phones in ringing order, what happens when nobody answers.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type Account, changeExtension, type Extension, type ExtensionFields, type OfficePhones, removeExtension } from "./api";
import { Check } from "./Check";
import { NameField, NoAnswerFields } from "./ExtensionFields";
import { PhoneOrder } from "./PhoneOrder";
import { useFieldLabels } from "./useFieldLabels";

interface Props {
  extension: Extension;
  office: OfficePhones;
  close: () => void;
  changed: () => void;
  show: (account: Account) => void;
}

export function EditExtension({ extension, office, close, changed, show }: Props) {
  const { t } = useWords();
  const labels = useFieldLabels();
  const { id, phones, ...before } = extension;
  const [fields, setFields] = useState<ExtensionFields>(before);
  const [order, setOrder] = useState(phones.map((phone) => phone.line_id));
  const change = (part: Partial<ExtensionFields>) => setFields((old) => ({ ...old, ...part }));
  const saving = useAction(async () => {
    await changeExtension(id, { ...fields, devices: order });
    changed();
    close();
  });
  const removing = useAction(async () => {
    if (!window.confirm(t("phones.remove-sure", { id, name: extension.name }))) return;
    await removeExtension(id);
    close();
    changed();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <Modal opened onClose={close} title={t("phones.edit-title", { id })}>
      <form onSubmit={submit} className="stack">
        <NameField fields={fields} change={change} />
        <PhoneOrder extension={extension} office={office} order={order} setOrder={setOrder} changed={changed} show={(account) => {
          close();
          show(account);
        }} />
        <NativeSelect
          label={t("phones.strategy")}
          value={fields.strategy}
          onChange={(event) => change({ strategy: event.currentTarget.value as ExtensionFields["strategy"] })}
          data={[
            { value: "all", label: t("phones.strategy-all") },
            { value: "in-order", label: t("phones.strategy-in-order") },
          ]}
        />
        <TextInput
          type="number"
          min={5}
          max={180}
          label={t(fields.strategy === "all" ? "phones.ring-s" : "phones.ring-s-each")}
          value={String(fields.ring_s)}
          onChange={(event) => change({ ring_s: Number(event.currentTarget.value) })}
        />
        <NoAnswerFields fields={fields} change={change} office={office} ownMailbox={`m${id}`} />
        {office.dial_classes.length > 0 && (
          <NativeSelect
            label={t("phones.may-dial")}
            value={fields.may_dial ?? ""}
            onChange={(event) => change({ may_dial: event.currentTarget.value || null })}
            data={[
              { value: "", label: t("phones.may-dial-usual") },
              ...office.dial_classes.map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
        )}
        <Check
          label={t("phones.call-waiting")}
          hint={t("phones.call-waiting-hint")}
          checked={fields.call_waiting ?? true}
          change={(call_waiting) => change({ call_waiting })}
        />
        <Check
          label={t("phones.record")}
          hint={t("phones.record-hint")}
          checked={fields.record ?? false}
          change={(record) => change({ record })}
        />
        <ProblemNote problem={saving.problem ?? removing.problem} labels={labels} />
        <div className="row spread">
          <Button type="submit" loading={saving.busy}>
            {t("phones.save")}
          </Button>
          <Button variant="subtle" color="ring" loading={removing.busy} onClick={() => void removing.run()}>
            {t("phones.remove")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
