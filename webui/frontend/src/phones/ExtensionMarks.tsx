// How people have switched an extension, by code or here: do not disturb, forwards.
import { useLive } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import type { Extension } from "./api";
import style from "./Phones.module.css";

export function ExtensionMarks({ extension }: { extension: Extension }) {
  const { t } = useWords();
  const { box } = useLive();
  const switched = box?.extensions.find((one) => one.extension === extension.id);
  if (!switched) return null;
  const shown = (to: string) => (to === "voicemail" ? t("nav.voicemail") : to);
  const forwards = [
    ["always", switched.forward_always],
    ["busy", switched.forward_busy],
    ["no-answer", switched.forward_no_answer],
  ] as const;
  return (
    <div className={style.marks}>
      {switched.do_not_disturb && <span data-strong>{t("phones.do-not-disturb")}</span>}
      {forwards.map(([when, to]) => to && <span key={when}>{t(`phones.forward-${when}`, { to: shown(to) })}</span>)}
    </div>
  );
}
