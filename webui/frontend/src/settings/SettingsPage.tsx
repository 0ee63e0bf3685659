// Settings: what there is to set, in groups; each part is a page of its own below.
import { Loader } from "@mantine/core";
import { Suspense } from "react";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { usePath } from "../routing";
import { useWords } from "../words/WordsProvider";
import { GROUPS, type Part, PARTS } from "./parts";
import style from "./SettingsPage.module.css";
import { WentBackNote } from "./WentBackNote";

export default function SettingsPage() {
  const named = usePath()[1];
  const part = PARTS.find((one) => one.name === named);
  return (
    <>
      <WentBackNote />
      {part ? <OnePart part={part} /> : <AllParts />}
    </>
  );
}

function AllParts() {
  const { t } = useWords();
  return (
    <>
      <div className="row spread">
        <h1>{t("nav.settings")}</h1>
        <Link href="/setup">{t("nav.setup")}</Link>
      </div>
      {GROUPS.map((group) => (
        <section key={group.name} className="stack" aria-labelledby={`group-${group.name}`}>
          <h2 id={`group-${group.name}`}>{t(`settings.group-${group.name}`)}</h2>
          <ul className={`plain ${style.parts}`}>
            {group.parts.map((part) => (
              <li key={part.name}>
                <Link href={`/settings/${part.name}`} className={`card ${style.part}`}>
                  <strong>{t(`settings.part-${part.name}`)}</strong>
                  <span className="small dim">{t(`settings.hint-${part.name}`)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function OnePart({ part }: { part: Part }) {
  const { t } = useWords();
  const View = part.page;
  return (
    <>
      <nav aria-label={t("settings.parts")}>
        <Link href="/settings" className={style.back}>
          <Icon name="back" size={18} />
          {t("nav.settings")}
        </Link>
        <h1>{t(`settings.part-${part.name}`)}</h1>
      </nav>
      <Suspense fallback={<Loader color="tip" />}>
        <View />
      </Suspense>
    </>
  );
}
