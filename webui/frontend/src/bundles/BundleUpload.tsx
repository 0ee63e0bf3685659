// A bundle from this computer: laid before the box, which says at once what is wrong with it.
import { Button } from "@mantine/core";
import { type ChangeEvent, useRef } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { uploadBundle } from "./api";
import style from "./Bundles.module.css";

export function BundleUpload({ done }: { done: () => void }) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const uploading = useAction((file: File) => uploadBundle(file).then(done));
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    if (file) void uploading.run(file);
    event.currentTarget.value = "";
  };
  return (
    <>
      <input ref={input} type="file" accept=".tipring" hidden aria-label={t("bundles.choose")} onChange={pick} />
      <Button loading={uploading.busy} onClick={() => input.current?.click()}>
        {t("bundles.choose")}
      </Button>
      {uploading.problem && (
        <div className={style.whole}>
          <ProblemNote problem={uploading.problem} />
        </div>
      )}
    </>
  );
}
