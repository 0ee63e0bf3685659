// The language of the page, kept with the user; machine-made translations say so.
import { Menu } from "@mantine/core";
import { ProblemError } from "../api/client";
import { chooseLanguage } from "../api/me";
import { Icon } from "../Icon";
import { type Language, LANGUAGE_CODES, LANGUAGES } from "../words/languages";
import { useWords } from "../words/WordsProvider";
import style from "./Shell.module.css";

export function LanguageMenu() {
  const { t, language, choose } = useWords();
  const short = language.slice(0, 2).toUpperCase();
  const pick = (code: Language) => {
    choose(code);
    // Shown in any case; only remembering it with the user may fail.
    chooseLanguage(code).catch((error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
    });
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <button type="button" className={style.tool} aria-label={`${t("nav.language")}: ${short}`} title={t("nav.language")}>
          <Icon name="language" />
          <span aria-hidden>{short}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGE_CODES.map((code) => (
          <Menu.Item
            key={code}
            lang={code}
            onClick={() => pick(code)}
            rightSection={code === language ? <Icon name="check" size={16} /> : null}
          >
            {LANGUAGES[code].name}
            {LANGUAGES[code].machineMade && <div className="dim small">{t("nav.machine-made")}</div>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
