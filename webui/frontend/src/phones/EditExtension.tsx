// Change an extension: its name, its phones in ringing order, what happens when nobody answers.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type Account, changeExtension, type Extension, type ExtensionFields, type OfficePhones, removeExtension } from "./api";
import { Check } from "./Check";
import { NameField, NoAnswerFields } from "./ExtensionFields";
import { MoreExtension } from "./MoreExtension";
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
  const { id, phones, mailbox_pin_set, dial_pin_set, ...before } = extension;
  const [fields, setFields] = useState<ExtensionFields>(before);
  const [pins, setPins] = useState({ mailbox: "", dial: "" });
  const [order, setOrder] = useState(phones.map((phone) => phone.line_id));
  const change = (part: Partial<ExtensionFields>) => setFields((old) => ({ ...old, ...part }));
  const saving = useAction(async () => {
    await changeExtension(id, { ...fields, devices: order, mailbox_pin: pins.mailbox || null, dial_pin: pins.dial || null });
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
        <details>
          <summary>{t("more.settings")}</summary>
          <MoreExtension fields={fields} change={change} />
        </details>
        <details>
          <summary>{t("phones.pins")}</summary>
          <div className="stack" style={{ paddingTop: 12 }}>
            {extension.voicemail && (
              <PinField label={t("phones.mailbox-pin")} hint={t("phones.mailbox-pin-hint")} kept={mailbox_pin_set} value={pins.mailbox} change={(mailbox) => setPins({ ...pins, mailbox })} />
            )}
            <PinField label={t("phones.dial-pin")} hint={t("phones.dial-pin-hint")} kept={dial_pin_set} value={pins.dial} change={(dial) => setPins({ ...pins, dial })} />
          </div>
        </details>
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

interface PinProps {
  label: string;
  hint: string;
  kept: boolean;
  value: string;
  change: (pin: string) => void;
}

function PinField({ label, hint, kept, value, change }: PinProps) {
  const { t } = useWords();
  return (
    <TextInput
      type="password"
      inputMode="numeric"
      pattern="[0-9]{4,12}"
      autoComplete="new-password"
      label={label}
      description={kept ? t("trunks.secret-kept") : hint}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
