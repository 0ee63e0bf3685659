// What the forms call the keys of tipring.toml, so that a fault speaks of the field one sees.
import { useWords } from "../words/WordsProvider";

export function useFieldLabels(): Record<string, string> {
  const { t } = useWords();
  return {
    id: t("phones.number"),
    name: t("phones.name"),
    mobile: t("phones.mobile"),
    ring_s: t("phones.ring-s"),
    voicemail: t("phones.no-answer"),
    devices: t("phones.order"),
    may_dial: t("phones.may-dial"),
    kinds: t("dialling.kinds"),
    countries: t("dialling.countries"),
    premium_countries: t("dialling.premium"),
    server: t("trunks.server"),
    backup_server: t("trunks.backup-server"),
    user: t("trunks.user"),
    secret: t("trunks.secret"),
    number: t("trunks.number"),
    calls_at_once: t("trunks.calls-at-once"),
  };
}
