// The answers given so far and the step one is at; the box keeps both, so one may come back later.
import { useEffect, useState } from "react";
import { useAction } from "../api/useAnswer";
import { useWords } from "../words/WordsProvider";
import { type Answers, keepPlace, type SetupView, type Step, STEPS } from "./api";

const UNNAMED = "My office";

export interface Setup {
  step: Step;
  answers: Answers;
  change: (some: Partial<Answers>) => void;
  /** Whether the office has a name of its own yet. */
  isNamed: boolean;
  go: (step: Step) => void;
  next: () => void;
  /** All of it is live, and this is what the office has from now on. */
  settle: (live: Answers) => void;
  back: (() => void) | null;
}

export function useSetup(view: SetupView): Setup {
  const { t, language } = useWords();
  const [step, setStep] = useState<Step>(view.step);
  const [answers, setAnswers] = useState<Answers>(() => view.answers ?? firstAnswers(view, language));
  const [isNamed, setNamed] = useState(answers.office !== UNNAMED);
  const usual = t("setup.office-usual");
  useEffect(() => {
    if (!isNamed) setAnswers((before) => ({ ...before, office: usual }));
  }, [isNamed, usual]);
  // What is live needs no keeping, and found phones have other names once they are set up.
  const keeping = useAction((to: Step) => keepPlace(to, to === "test" ? null : answers));
  const go = (to: Step) => {
    setStep(to);
    void keeping.run(to); // forgotten at worst: what counts is what is made live
    window.scrollTo(0, 0);
  };
  const at = STEPS.indexOf(step);
  const before = STEPS[at - 1];
  return {
    step,
    answers,
    change: (some) => {
      if (some.office !== undefined) setNamed(true);
      setAnswers((all) => ({ ...all, ...some }));
    },
    isNamed,
    go,
    next: () => go(STEPS[at + 1] ?? "test"),
    settle: (live) => {
      setNamed(true);
      setAnswers(live);
      go("test");
    },
    back: before ? () => go(before) : null,
  };
}

/** On a box nobody has touched, the page's own language and what the SIM cards say go first. */
function firstAnswers({ usual, untouched, country_found }: SetupView, language: string): Answers {
  if (!untouched) return usual;
  return { ...usual, language: language as Answers["language"], country: country_found ?? regionOfBrowser() ?? usual.country };
}

function regionOfBrowser(): string | null {
  return new Intl.Locale(navigator.language).region ?? null;
}

/** The browser's own time zone where the country has it, else the country's likeliest. */
export function likelyZone(zones: string[], now: string): string {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones.length === 0 || zones.includes(now)) return now;
  return zones.includes(here) ? here : (zones[0] ?? now);
}
