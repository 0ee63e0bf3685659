// One bundle that waits: who signed it, what it would change in words, and the two answers.
import { Button } from "@mantine/core";
import { Icon } from "../Icon";
import { useSteps } from "../people/useSteps";
import { useWords } from "../words/WordsProvider";
import { acceptBundle, dropBundle, type WaitingBundle } from "./api";
import style from "./Bundles.module.css";

const SHOWN_AT_ONCE = 8;

export function BundleCard({ bundle, done }: { bundle: WaitingBundle; done: () => void }) {
  const { t, count, date } = useWords();
  const steps = useSteps();
  const signed = bundle.signed_by !== null;
  const act = (step: (id: string) => Promise<unknown>) => void steps.run(() => step(bundle.bundle_id).then(done));
  return (
    <article className="card pad stack" aria-label={t("bundles.one", { number: bundle.serial })}>
      <div>
        <p className={signed ? style.signed : style.unsigned}>
          <Icon name={signed ? "check" : "alarm"} size={18} />
          <strong>{signed ? t("bundles.signed", { name: bundle.signed_by ?? "" }) : t("bundles.unsigned")}</strong>
        </p>
        <p className="small dim">
          {t(`bundles.from-${bundle.source}`)} · {t("bundles.made", { when: date(bundle.made_at), number: bundle.serial })}
        </p>
      </div>
      {!signed && <p className="small">{t("bundles.unsigned-hint")}</p>}
      {bundle.names_owner && <p className="small">{t("bundles.names-owner")}</p>}
      <Sentences bundle={bundle} />
      <p className="small dim">{count("bundles.changes", bundle.changes.length)}</p>
      {steps.note}
      <div className="row">
        <Button loading={steps.busy} onClick={() => act(acceptBundle)}>
          {t("bundles.accept")}
        </Button>
        <Button variant="default" disabled={steps.busy} onClick={() => act(dropBundle)}>
          {t("bundles.refuse")}
        </Button>
      </div>
    </article>
  );
}

function Sentences({ bundle }: { bundle: WaitingBundle }) {
  const { t, word } = useWords();
  const first = bundle.changes.slice(0, SHOWN_AT_ONCE);
  const rest = bundle.changes.slice(SHOWN_AT_ONCE);
  return (
    <>
      {bundle.brings.length > 0 && (
        <ul className={style.brings}>
          {bundle.brings.map((text) => (
            <li key={word(text)}>{word(text)}</li>
          ))}
        </ul>
      )}
      {first.length > 0 && (
        <ul className={style.changes}>
          {first.map((text, at) => (
            <li key={at}>{word(text)}</li>
          ))}
        </ul>
      )}
      {rest.length > 0 && (
        <details>
          <summary>{t("bundles.more", { number: rest.length })}</summary>
          <ul className={style.changes}>
            {rest.map((text, at) => (
              <li key={at}>{word(text)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
