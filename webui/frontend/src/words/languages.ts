// The languages of the page. Machine-made ones say so where one picks them.
export const LANGUAGES = {
  en: { name: "English", machineMade: false },
  "pt-BR": { name: "Português (Brasil)", machineMade: false },
  ro: { name: "Română", machineMade: true },
  pl: { name: "Polski", machineMade: true },
  ru: { name: "Русский", machineMade: true },
  es: { name: "Español", machineMade: true },
} as const;

export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_CODES = Object.keys(LANGUAGES) as Language[];
const REMEMBERED = "tipring-language";

const isOurs = (code: string): code is Language => code in LANGUAGES;

/** The user's choice, else this browser's last one, else what the browser asks for. */
export function firstLanguage(chosen: string | null): Language {
  const wishes = [chosen, localStorage.getItem(REMEMBERED), ...navigator.languages];
  for (const wish of wishes) {
    if (!wish) continue;
    const family = wish.split("-")[0] ?? wish;
    const found = isOurs(wish) ? wish : LANGUAGE_CODES.find((code) => code.split("-")[0] === family);
    if (found) return found;
  }
  return "en";
}

export const remember = (language: Language) => localStorage.setItem(REMEMBERED, language);
