// What became of the last bundle: taken, or refused with why and what to do about it.
import { Alert } from "@mantine/core";
import { useWords } from "../words/WordsProvider";
import type { BundleResult } from "./api";

export function ResultNote({ result }: { result: BundleResult }) {
  const { t, word, moment } = useWords();
  const when = moment(result.at);
  return (
    <Alert color={result.taken ? "tip" : "ring"} variant="light" role="status" title={t(result.taken ? "bundles.last-taken" : "bundles.last-refused", { when })}>
      <div>{word(result.text)}</div>
      {result.faults.map((fault, at) => (
        <div key={at}>{word(fault)}</div>
      ))}
      {result.advice && <strong>{word(result.advice)}</strong>}
    </Alert>
  );
}
