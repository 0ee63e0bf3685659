// The frame around every page: where you are, whether the box is there, who you are.
import { Loader } from "@mantine/core";
import { type ComponentType, lazy, Suspense, useEffect } from "react";
import type { Me } from "../api/me";
import { Icon, type IconName } from "../Icon";
import { Link } from "../Link";
import { useLive } from "../live/useLive";
import { usePath } from "../routing";
import { SearchButton } from "../search/SearchButton";
import { useWords } from "../words/WordsProvider";
import type { LabelKey } from "../words/words";
import { ConfirmBar } from "./ConfirmBar";
import { ContactBanner } from "./ContactBanner";
import { LanguageMenu } from "./LanguageMenu";
import { PersonMenu } from "./PersonMenu";
import style from "./Shell.module.css";
import { useStayingSignedIn } from "./useStayingSignedIn";

const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load);

interface Place {
  name: string;
  label: LabelKey;
  icon: IconName;
  page: ComponentType;
  /** Agents have it in their menu; the server refuses them the rest anyway. */
  agentsToo?: boolean;
  /** Its page of help, where that is called otherwise. */
  help?: string;
}

const PLACES: Place[] = [
  { name: "now", label: "nav.now", icon: "now", page: page(() => import("../now/NowPage")), agentsToo: true },
  { name: "calls", label: "nav.calls", icon: "calls", page: page(() => import("../calls/CallsPage")), agentsToo: true },
  { name: "voicemail", label: "nav.voicemail", icon: "voicemail", page: page(() => import("../voicemail/VoicemailPage")) },
  { name: "phones", label: "nav.phones", icon: "phones", page: page(() => import("../phones/PhonesPage")) },
  { name: "incoming", label: "nav.incoming", icon: "incoming", page: page(() => import("../incoming/IncomingPage")) },
  { name: "flows", label: "nav.flows", icon: "flows", page: page(() => import("../flows/FlowsPage")) },
  { name: "lines", label: "nav.lines", icon: "lines", page: page(() => import("../lines/LinesPage")), agentsToo: true },
  { name: "settings", label: "nav.settings", icon: "settings", page: page(() => import("../settings/SettingsPage")) },
];
const HELP: Place = { name: "help", label: "nav.help", icon: "help", page: page(() => import("../help/HelpPage")) };

/** Not in the menu: one comes here after claiming the box, or from the settings. */
const SETUP: Place = { name: "setup", label: "nav.setup", icon: "check", page: page(() => import("../setup/SetupPage")), help: "first-run" };

export function Shell({ me }: { me: Me }) {
  const { t } = useWords();
  const { box } = useLive();
  useStayingSignedIn();
  const name = usePath()[0] ?? "now";
  const here = [...PLACES, HELP, SETUP].find((place) => place.name === name);
  useEffect(() => {
    document.title = `${here ? t(here.label) : "?"} · ${box?.office ?? "Tipring"}`;
  }, [here, box?.office, t]);
  const Page = here?.page;
  return (
    <div className={style.shell}>
      <a href="#content" className={style.skip}>
        {t("nav.skip")}
      </a>
      <header className={style.header}>
        <Link href="/now" className={style.brand}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span className={style.office}>{box?.office ?? "Tipring"}</span>
        </Link>
        <div className={style.tools}>
          {me.role !== "agent" && <SearchButton className={style.tool} />}
          <Link
            href={here && here !== HELP ? `/help/${here.help ?? here.name}` : "/help/now"}
            className={style.tool}
            aria-label={t("nav.help")}
            title={t("nav.help")}
            aria-current={here === HELP ? "page" : undefined}
          >
            <Icon name="help" />
          </Link>
          <LanguageMenu />
          <PersonMenu me={me} />
        </div>
      </header>
      <nav className={style.nav} aria-label={t("nav.label")}>
        {PLACES.filter((place) => place.agentsToo || me.role !== "agent").map((place) => (
          <Link
            key={place.name}
            href={`/${place.name}`}
            className={style.place}
            aria-current={place === here ? "page" : undefined}
          >
            <Icon name={place.icon} />
            <span>{t(place.label)}</span>
            {place.name === "voicemail" && box !== null && box.new_voicemails > 0 && (
              <span className={style.count}>{box.new_voicemails}</span>
            )}
          </Link>
        ))}
      </nav>
      <main id="content" className={style.main} tabIndex={-1}>
        <ContactBanner />
        <ConfirmBar owner={me.role === "owner"} />
        <Suspense fallback={<Loader color="tip" />}>{Page ? <Page key={name} /> : <p>{t("nav.nothing-here")}</p>}</Suspense>
      </main>
    </div>
  );
}
