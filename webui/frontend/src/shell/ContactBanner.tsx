// Says when what is shown may be old, and that the page is already trying again.
import { useLive } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import style from "./ContactBanner.module.css";

export function ContactBanner() {
  const { t } = useWords();
  const { contact } = useLive();
  if (contact !== "no-exchange" && contact !== "no-box") return null;
  const sentence = contact === "no-box" ? t("contact.no-box") : t("contact.no-exchange");
  return (
    <div className={style.banner} role="status">
      <span className={style.dot} />
      {sentence}
    </div>
  );
}
