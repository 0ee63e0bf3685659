// Name a phone or adapter, say what it is, and give each of its ports an account.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeDevice, type Device, type Devices, forgetDevice, nameDevice, type SeenDevice } from "./api";
import { useFieldLabels } from "./useFieldLabels";

interface Props {
  about: SeenDevice | Device | "unseen";
  devices: Devices;
  close: () => void;
  changed: () => void;
}

export function DeviceDialog({ about, devices, close, changed }: Props) {
  const { t } = useWords();
  const labels = useFieldLabels();
  const known = about !== "unseen" && "ports" in about ? about : null;
  const [mac, setMac] = useState(about === "unseen" ? "" : about.written);
  const [name, setName] = useState(known?.name ?? "");
  const [model, setModel] = useState(about === "unseen" ? (devices.models[0]?.id ?? "") : about.model);
  const [ports, setPorts] = useState<string[]>(known?.ports ?? [devices.accounts[0]?.value ?? ""]);
  const count = devices.models.find((one) => one.id === model)?.ports ?? 1;
  const done = () => {
    changed();
    close();
  };
  const saving = useAction(async () => {
    const fields = { name, model, ports: Array.from({ length: count }, (_, at) => ports[at] ?? "") };
    await (known ? changeDevice(known.mac, fields) : nameDevice(mac.toLowerCase().replace(/[^0-9a-f]/g, ""), fields));
    done();
  });
  const forgetting = useAction(async () => {
    if (known === null || !window.confirm(t("devices.forget-sure", { name: known.name }))) return;
    await forgetDevice(known.mac);
    done();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const choices = devices.accounts.map((one) => ({
    value: one.value,
    label: one.label ? `${one.extension} - ${one.label}` : t("devices.new-account", { extension: one.extension }),
  }));
  return (
    <Modal opened onClose={close} title={t(known ? "devices.change-title" : "devices.name-title")}>
      <form onSubmit={submit} className="stack">
        <TextInput
          label={t("devices.name")}
          description={t("devices.name-hint")}
          value={name}
          required
          maxLength={60}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t("devices.mac")}
          description={about === "unseen" ? t("devices.mac-hint") : undefined}
          value={mac}
          disabled={about !== "unseen"}
          required
          pattern="([0-9A-Fa-f]{2}[:\-]?){5}[0-9A-Fa-f]{2}"
          onChange={(event) => setMac(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("devices.model")}
          value={model}
          onChange={(event) => setModel(event.currentTarget.value)}
          data={devices.models.map((one) => ({ value: one.id, label: one.name }))}
        />
        {Array.from({ length: count }, (_, at) => (
          <NativeSelect
            key={at}
            label={count > 1 ? t("devices.port", { n: at + 1 }) : t("devices.account")}
            value={ports[at] ?? ""}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              setPorts(Array.from({ length: count }, (__, n) => (n === at ? chosen : (ports[n] ?? ""))));
            }}
            data={[...choices, { value: "", label: t("devices.port-unused") }]}
          />
        ))}
        <ProblemNote problem={saving.problem ?? forgetting.problem} labels={labels} />
        <p className="small dim">{t(known ? "devices.change-hint" : "devices.window-hint")}</p>
        <div className="row spread">
          <Button type="submit" loading={saving.busy}>
            {t("phones.save")}
          </Button>
          {known && (
            <Button variant="subtle" color="ring" loading={forgetting.busy} onClick={() => void forgetting.run()}>
              {t("devices.forget")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
