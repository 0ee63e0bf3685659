// What these forms call the keys of tipring.toml, so that a fault speaks of the field one sees.
import { useWords } from "../words/WordsProvider";

export function useIncomingLabels(): Record<string, string> {
  const { t } = useWords();
  return {
    lines: t("incoming.lines"),
    called: t("incoming.called"),
    callers: t("incoming.callers"),
    timetable: t("incoming.timetable"),
    to: t("incoming.to"),
    blocked: t("callers.blocked"),
    allowed: t("callers.allowed"),
    vip: t("callers.vip"),
    opens: t("hours.opens"),
    closes: t("hours.closes"),
    begins: t("closures.begins"),
    ends: t("closures.ends"),
    name: t("closures.name"),
    region: t("hours.region"),
  };
}
