// Names and time servers of the box; each field says when it takes effect.
import { Loader, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import style from "../settings/Forms.module.css";
import { LinesField } from "../settings/LinesField";
import { SaveRow } from "../settings/SaveRow";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeNetwork, type Network, type NetworkFields, readNetwork } from "./api";

export default function NetworkSettings() {
  const { t } = useWords();
  const { box } = useLive();
  const network = useAnswer(readNetwork, String(box?.config_version ?? 0));
  return (
    <>
      <p className="dim">{t("network.lead")}</p>
      <ProblemNote problem={network.problem} again={network.again} />
      {network.value === null && network.loading && <Loader color="tip" />}
      {network.value && (
        <div className={style.columns}>
          <NamesForm key={box?.config_version ?? 0} network={network.value} />
          <Now network={network.value} />
        </div>
      )}
    </>
  );
}

function NamesForm({ network }: { network: Network }) {
  const { t } = useWords();
  const [form, setForm] = useState<NetworkFields>({ name: network.name, names: network.names, time_servers: network.time_servers });
  const [saved, setSaved] = useState(false);
  const change = (part: Partial<NetworkFields>) => {
    setSaved(false);
    setForm((before) => ({ ...before, ...part }));
  };
  const saving = useAction(async () => {
    await changeNetwork(form);
    setSaved(true);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  return (
    <form onSubmit={submit} className="card pad stack" aria-label={t("network.names-title")}>
      <h2>{t("network.names-title")}</h2>
      <TextInput
        label={t("network.name")}
        description={t("network.name-hint", { name: form.name ?? "" })}
        value={form.name ?? ""}
        required
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <LinesField label={t("network.names")} hint={t("network.names-hint")} values={form.names ?? []} change={(names) => change({ names })} />
      <LinesField
        label={t("network.time")}
        hint={t("network.time-hint")}
        values={form.time_servers ?? []}
        change={(time_servers) => change({ time_servers })}
      />
      <SaveRow saving={saving} saved={saved} labels={{ name: t("network.name"), names: t("network.names"), time_servers: t("network.time") }} />
    </form>
  );
}

function Now({ network }: { network: Network }) {
  const { t } = useWords();
  return (
    <section className="card pad stack" aria-label={t("network.now")}>
      <h2>{t("network.now")}</h2>
      <Fact label={t("network.machine")} values={[network.machine_name]} />
      <Fact label={t("network.addresses")} values={network.addresses} />
      <Fact label={t("network.covered")} values={network.covered} />
      <p className="small dim">{t("network.address-hint")}</p>
    </section>
  );
}

function Fact({ label, values }: { label: string; values: string[] }) {
  return (
    <div>
      <div className="small dim">{label}</div>
      <div style={{ overflowWrap: "anywhere" }}>{values.length > 0 ? values.join(", ") : "–"}</div>
    </div>
  );
}
