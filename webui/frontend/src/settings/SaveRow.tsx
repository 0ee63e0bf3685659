// The end of a form: what was wrong with it, the password where one is wanted, save, and that it is saved.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Action } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { ProveNote } from "../words/ProveNote";
import { useWords } from "../words/WordsProvider";

interface Props {
  saving: Action<[]>;
  saved: boolean;
  /** What the form calls the keys of tipring.toml. */
  labels: Record<string, string>;
  children?: ReactNode;
}

export function SaveRow({ saving, saved, labels, children }: Props) {
  const { t } = useWords();
  return (
    <>
      <ProblemNote problem={saving.problem} labels={labels} />
      <ProveNote problem={saving.problem} again={saving.run} />
      <div className="row">
        <Button type="submit" loading={saving.busy}>
          {t("phones.save")}
        </Button>
        {children}
        <span role="status" className="small dim">
          {saved && !saving.busy && saving.problem === null && t("settings.saved")}
        </span>
      </div>
    </>
  );
}
