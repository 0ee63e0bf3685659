// Before anything is shown: the user and the words. The box not answering is waited out.
import { useEffect, useState } from "react";
import { ProblemError } from "../api/client";
import { type Me, readMe } from "../api/me";
import { WordedControls } from "../words/WordedControls";
import { WordsProvider } from "../words/WordsProvider";
import { Shell } from "./Shell";

const RETRY_MS = 2000;

export function Start() {
  const [me, setMe] = useState<Me | null>(null);
  useEffect(() => {
    let timer = 0;
    const ask = () =>
      readMe().then(setMe, (error: unknown) => {
        if (!(error instanceof ProblemError)) throw error;
        timer = window.setTimeout(ask, RETRY_MS);
      });
    void ask();
    return () => window.clearTimeout(timer);
  }, []);
  if (me === null) return null;
  return (
    <WordsProvider chosen={me.language}>
      <WordedControls>
        <Shell me={me} />
      </WordedControls>
    </WordsProvider>
  );
}
