// Gives every component its words, and changes the language of the whole page at once.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { speak } from "../api/client";
import { firstLanguage, type Language, remember } from "./languages";
import { loadWords, type Words } from "./words";

interface Chosen extends Words {
  choose: (language: Language) => void;
}

const WordsContext = createContext<Chosen | null>(null);

export function useWords(): Chosen {
  const words = useContext(WordsContext);
  if (words === null) throw new Error("no words above this component");
  return words;
}

export function WordsProvider({ chosen, children }: { chosen: string | null; children: ReactNode }) {
  const [words, setWords] = useState<Words | null>(null);
  const load = useCallback((language: Language) => {
    void loadWords(language).then((loaded) => {
      speak(language);
      document.documentElement.lang = language;
      setWords(loaded);
    });
  }, []);
  useEffect(() => load(firstLanguage(chosen)), [chosen, load]);
  if (words === null) return null;
  const choose = (language: Language) => {
    remember(language);
    load(language);
  };
  return <WordsContext value={{ ...words, choose }}>{children}</WordsContext>;
}
