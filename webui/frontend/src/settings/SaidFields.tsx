// What callers hear, per language in use: the usual sentence, or the office's own, typed or recorded.
import { Button } from "@mantine/core";
import type { Schemas } from "../api/client";
import { Listen, SpokenField } from "../flows/PromptField";
import { useWords } from "../words/WordsProvider";

type ServerSaid = Schemas["MailboxView"]["greeting"];
export type Said = Record<string, { text?: string; sound?: string }>;

interface Props {
  label: string;
  hint: string;
  languages: string[];
  usual: Record<string, string>;
  said: Said;
  change: (said: Said) => void;
}

export function SaidFields({ label, hint, languages, usual, said, change }: Props) {
  const { t } = useWords();
  const own = Object.keys(said).length > 0;
  const put = (language: string, spoken: Said[string] | null) => {
    const { [language]: _old, ...rest } = said;
    change(spoken === null ? rest : { ...rest, [language]: spoken });
  };
  const begin = () => change(Object.fromEntries(languages.map((language) => [language, { text: usual[language] ?? "" }])));
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }} className="stack">
      <legend style={{ padding: 0 }}>
        <strong className="small">{label}</strong>
        <div className="small dim">{hint}</div>
      </legend>
      {!own &&
        languages.map((language) => (
          <div key={language} className="row">
            <span className="small grow">
              <span className="dim">{language}</span> {usual[language]}
            </span>
            {usual[language] && <Listen spoken={{ text: usual[language] }} language={language} />}
          </div>
        ))}
      {own && languages.map((language) => <SpokenField key={language} language={language} spoken={said[language]} put={(spoken) => put(language, spoken)} />)}
      <Button size="compact-sm" variant="default" style={{ justifySelf: "start" }} onClick={own ? () => change({}) : begin}>
        {t(own ? "settings.said-usual" : "settings.said-own")}
      </Button>
    </fieldset>
  );
}

/** The server says null where there is nothing. */
export function saidOf(said: ServerSaid): Said {
  return Object.fromEntries(
    Object.entries(said ?? {}).map(([language, one]) => [language, one.sound ? { sound: one.sound } : { text: one.text ?? "" }]),
  );
}
