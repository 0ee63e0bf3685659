// Where messages go and about what: the same form for a new webhook and an old one.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useWords } from "../words/WordsProvider";
import type { Kind, Wish } from "./api";
import style from "./Programs.module.css";

const KINDS: Kind[] = ["call-began", "call-answered", "call-ended", "message-left", "line-changed", "alarm", "opening-changed", "settings-changed"];

interface Props {
  label: string;
  button: string;
  begin?: Wish;
  busy: boolean;
  note: ReactNode;
  send: (wish: Wish) => Promise<boolean>;
  leave?: () => void;
}

export function WebhookForm({ label, button, begin, busy, note, send, leave }: Props) {
  const { t } = useWords();
  const empty: Wish = begin ?? { url: "", kinds: ["call-ended"] };
  const [wish, setWish] = useState(empty);
  const flip = (kind: Kind) =>
    setWish({ ...wish, kinds: wish.kinds.includes(kind) ? wish.kinds.filter((one) => one !== kind) : [...wish.kinds, kind] });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await send({ ...wish, url: wish.url.trim() });
  };
  return (
    <form onSubmit={(event) => void submit(event)} className={style.form} aria-label={label}>
      <TextInput
        label={t("webhooks.url")}
        description={t("webhooks.url-hint")}
        placeholder="https://"
        type="url"
        required
        maxLength={500}
        value={wish.url}
        onChange={(event) => setWish({ ...wish, url: event.currentTarget.value })}
      />
      <fieldset className={style.scopes}>
        <legend>{t("webhooks.kinds")}</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input type="checkbox" checked={wish.kinds.includes(kind)} onChange={() => flip(kind)} />
            <span>{t(`webhooks.kind-${kind}`)}</span>
          </label>
        ))}
      </fieldset>
      {note}
      <div className="row">
        <Button type="submit" variant="default" loading={busy} disabled={wish.kinds.length === 0}>
          {button}
        </Button>
        {leave && (
          <Button variant="subtle" onClick={leave}>
            {t("webhooks.cancel")}
          </Button>
        )}
      </div>
    </form>
  );
}
