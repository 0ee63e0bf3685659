// Phones that set themselves up: those that asked, those with a name, and how the office's network sends them here.
import { Button, Loader } from "@mantine/core";
import { useEffect, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { Icon } from "../Icon";
import { useBoxTime, useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { clockTime } from "../words/words";
import { type Device, type Devices, listDevices, openWindow, overlookDevice, type SeenDevice } from "./api";
import { DeviceDialog } from "./DeviceDialog";
import style from "./Phones.module.css";

const LOOK_EVERY_MS = 3000;

export function DeviceList() {
  const { t } = useWords();
  const { box } = useLive();
  const devices = useAnswer(listDevices, String(box?.config_version ?? 0));
  const [naming, setNaming] = useState<SeenDevice | Device | "unseen" | null>(null);
  const { again, value } = devices;
  useEffect(() => {
    const looking = setInterval(again, LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, [again]);
  if (value === null) {
    return devices.problem ? <ProblemNote problem={devices.problem} again={again} /> : <Loader color="tip" />;
  }
  return (
    <>
      <p className="dim">{t("devices.lead")}</p>
      {!value.reachable && (
        <p className={style.once} role="note">
          <Icon name="alarm" size={18} />
          {t("devices.not-reachable")}
        </p>
      )}
      {value.seen.map((one) => (
        <SeenCard key={one.mac} seen={one} devices={value} changed={again} name={() => setNaming(one)} />
      ))}
      <section className="card" aria-label={t("devices.title")}>
        <div className={`row spread pad ${style.headed}`}>
          <h2>{t("devices.title")}</h2>
          <Button size="xs" variant="default" onClick={() => setNaming("unseen")}>
            {t("devices.add")}
          </Button>
        </div>
        {value.devices.length === 0 && <p className="pad dim">{t("devices.none")}</p>}
        <ul className="plain">
          {value.devices.map((one) => (
            <DeviceRow key={one.mac} device={one} devices={value} changed={again} change={() => setNaming(one)} />
          ))}
        </ul>
      </section>
      <section className="card pad stack" aria-label={t("devices.dhcp-title")}>
        <h2>{t("devices.dhcp-title")}</h2>
        <p>{t("devices.dhcp-lead")}</p>
        <code className={style.copyable}>{value.url}</code>
        <p className="small dim">{t("devices.dhcp-other")}</p>
      </section>
      {naming && <DeviceDialog about={naming} devices={value} close={() => setNaming(null)} changed={again} />}
    </>
  );
}

interface SeenProps {
  seen: SeenDevice;
  devices: Devices;
  changed: () => void;
  name: () => void;
}

function SeenCard({ seen, devices, changed, name }: SeenProps) {
  const { t, time } = useWords();
  const model = devices.models.find((one) => one.id === seen.model)?.name ?? seen.agent;
  const overlooking = useAction(async () => {
    await overlookDevice(seen.mac);
    changed();
  });
  return (
    <article className={`card pad ${style.seen}`} aria-label={t("devices.new")}>
      <div className="grow">
        <h2>{t("devices.new")}</h2>
        <p>{seen.agent || model}</p>
        <p className="small dim">
          <span className="mono">{seen.written}</span> · {t("devices.asked", { address: seen.address, when: time(seen.at) })}
        </p>
      </div>
      <div className="row">
        <Button size="sm" onClick={name}>
          {t("devices.name-it")}
        </Button>
        <Button size="sm" variant="subtle" loading={overlooking.busy} onClick={() => void overlooking.run()}>
          {t("devices.overlook")}
        </Button>
      </div>
    </article>
  );
}

interface RowProps {
  device: Device;
  devices: Devices;
  changed: () => void;
  change: () => void;
}

function DeviceRow({ device, devices, changed, change }: RowProps) {
  const { t, moment } = useWords();
  const now = useBoxTime();
  const opening = useAction(async () => {
    await openWindow(device.mac);
    changed();
  });
  const model = devices.models.find((one) => one.id === device.model)?.name ?? device.model;
  const accounts = device.ports.map((port) => devices.accounts.find((one) => one.value === port)?.extension).filter(Boolean);
  const left = device.open_until ? (Date.parse(device.open_until) - now) / 1000 : 0;
  const state = device.fetched_at
    ? t("devices.fetched", { when: moment(device.fetched_at), address: device.fetched_from ?? "" })
    : t("devices.never-fetched");
  return (
    <li className={style.device}>
      <div className="grow">
        <strong>{device.name}</strong> <span className="dim">{accounts.join(", ")}</span>
        <div className="small dim">
          {model} · <span className="mono">{device.written}</span>
        </div>
        <div className="small dim">{state}</div>
        {device.asked && left <= 0 && <div className="small">{t("devices.asked-closed", { address: device.asked.address })}</div>}
        <ProblemNote problem={opening.problem} />
      </div>
      <div className="row">
        {left > 0 ? (
          <span className={style.busy} role="status">
            {t("devices.open-for", { left: clockTime(left) })}
          </span>
        ) : (
          <Button size="xs" variant="default" loading={opening.busy} onClick={() => void opening.run()}>
            {t("devices.open")}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={change}>
          {t("phones.edit")}
        </Button>
      </div>
    </li>
  );
}
