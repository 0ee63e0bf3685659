// The language of the page and of what callers hear, each named by itself.
import { useAction } from "../api/useAnswer";
import { chooseLanguage } from "../api/me";
import { ProblemNote } from "../words/ProblemNote";
import { type Language, LANGUAGE_CODES, LANGUAGES } from "../words/languages";
import { useWords } from "../words/WordsProvider";
import style from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { StepButtons } from "./StepButtons";

export function LanguageStep({ setup }: StepProps) {
  const { t, choose } = useWords();
  const keeping = useAction(chooseLanguage);
  const pick = (code: Language) => {
    choose(code);
    setup.change({ language: code, greeting: "" });
    void keeping.run(code);
  };
  return (
    <>
      <fieldset className={style.languages} aria-label={t("setup.title-language")}>
        {LANGUAGE_CODES.map((code) => (
          <label key={code} lang={code} className={style.language}>
            <input type="radio" name="language" value={code} checked={setup.answers.language === code} onChange={() => pick(code)} />
            {LANGUAGES[code].name}
          </label>
        ))}
      </fieldset>
      <ProblemNote problem={keeping.problem} />
      <StepButtons setup={setup} />
    </>
  );
}
