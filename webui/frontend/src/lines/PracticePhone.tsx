// A virtual phone by hand: answer, dial, press keys, hang up.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type PhoneAction, type PracticeLine, usePhone } from "./api";
import style from "./LinesPage.module.css";

interface Props {
  phone: PracticeLine;
  changed: () => void;
}

const IDLE = new Set(["", "on-hook", "idle"]);

export function PracticePhone({ phone, changed }: Props) {
  const { t, named } = useWords();
  const [digits, setDigits] = useState("");
  const act = useAction(async (action: PhoneAction, keys: string | null) => {
    await usePhone(phone.line_id, action, keys);
    changed();
  });
  const state = phone.state ?? "";
  const idle = IDLE.has(state);
  const send = (event: FormEvent) => {
    event.preventDefault();
    void act.run(idle ? "dial" : "press", digits).then((done) => done && setDigits(""));
  };
  return (
    <div className={style.phone}>
      <div className="row spread">
        <span className="small">
          {t("phone.this-phone")} <strong>{named("phone.state-", state || "on-hook")}</strong>
        </span>
        <span className="row">
          <Button size="xs" disabled={state !== "ringing"} onClick={() => void act.run("answer", null)}>
            {t("phone.answer")}
          </Button>
          <Button
            size="xs"
            variant="light"
            color="ring"
            disabled={idle || state === "ringing"}
            onClick={() => void act.run("hangup", null)}
          >
            {t("phone.hang-up")}
          </Button>
        </span>
      </div>
      <form className={style.keys} onSubmit={send}>
        <TextInput
          className="grow"
          size="xs"
          type="tel"
          aria-label={t(idle ? "phone.number" : "phone.keys")}
          placeholder={t(idle ? "phone.number" : "phone.keys")}
          value={digits}
          onChange={(event) => setDigits(event.currentTarget.value)}
          pattern="\+?[0-9A-D*#]{1,32}"
          required
        />
        <Button size="xs" type="submit" variant="default" loading={act.busy}>
          {t(idle ? "phone.dial" : "phone.press")}
        </Button>
      </form>
      <ProblemNote problem={act.problem} />
    </div>
  );
}
