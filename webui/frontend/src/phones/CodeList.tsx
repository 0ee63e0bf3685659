// What people key in on their phones: every code with what it does, to change or switch off.
import { Button, Loader, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction, useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { changeCode, type Code, listCodes } from "./api";
import style from "./Phones.module.css";

export function CodeList() {
  const { t } = useWords();
  const { box } = useLive();
  const codes = useAnswer(listCodes, String(box?.config_version ?? 0));
  return (
    <>
      <p className="dim">{t("codes.lead")}</p>
      <ProblemNote problem={codes.problem} again={codes.again} />
      {codes.value === null && codes.loading && <Loader color="tip" />}
      {codes.value && (
        <ul className={`card plain ${style.codes}`}>
          {codes.value.map((code) => (
            <CodeRow key={code.name} code={code} changed={codes.again} />
          ))}
        </ul>
      )}
      {codes.value && (
        <Button variant="default" style={{ justifySelf: "start" }} onClick={() => window.print()}>
          {t("account.print")}
        </Button>
      )}
    </>
  );
}

function CodeRow({ code, changed }: { code: Code; changed: () => void }) {
  const { t, word } = useWords();
  const [keys, setKeys] = useState<string | null>(null);
  const saving = useAction(async () => {
    await changeCode(code.name, keys ?? "");
    setKeys(null);
    changed();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run();
  };
  const does = word(code.does);
  if (keys === null) {
    return (
      <li className={style.code}>
        <kbd className="mono" data-off={!code.keys || undefined}>
          {code.keys ? `${code.keys}${code.takes === "nothing" ? "" : " …"}` : t("codes.off")}
        </kbd>
        <span className="grow">{does}</span>
        <Button size="compact-xs" variant="subtle" className={style.unprinted} aria-label={t("codes.change", { does })} onClick={() => setKeys(code.keys)}>
          {t("phones.edit")}
        </Button>
      </li>
    );
  }
  return (
    <li>
      <form className={style.code} onSubmit={submit}>
        <TextInput
          size="xs"
          aria-label={t("codes.keys")}
          value={keys}
          pattern="[0-9*#]{2,8}"
          placeholder={t("codes.off")}
          data-autofocus
          autoFocus
          onChange={(event) => setKeys(event.currentTarget.value)}
        />
        <span className="grow">
          {does}
          <span className="small dim">{t("codes.hint", { usual: code.usual })}</span>
          <ProblemNote problem={saving.problem} labels={{ [code.name]: t("codes.keys") }} />
        </span>
        <Button size="compact-sm" type="submit" loading={saving.busy}>
          {t("phones.save")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setKeys(null)}>
          {t("codes.cancel")}
        </Button>
      </form>
    </li>
  );
}
