// Who can be reached by a short number, and which phones ring for them.
import { Button, Loader } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { Icon } from "../Icon";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { AccountSheet } from "./AccountSheet";
import { AddExtension } from "./AddExtension";
import { type Account, listExtensions } from "./api";
import { GroupList } from "./GroupList";
import { ExtensionCard } from "./ExtensionCard";
import style from "./Phones.module.css";

export function PeopleList() {
  const { t } = useWords();
  const { box } = useLive();
  const phones = useAnswer(listExtensions, String(box?.config_version ?? 0));
  const [adding, setAdding] = useState(false);
  const [account, setAccount] = useState<Account | null>(null);
  const office = phones.value;
  return (
    <>
      <div className="row spread">
        <p className="dim grow">{t("phones.lead")}</p>
        {office && (
          <Button leftSection={<Icon name="person" size={18} />} onClick={() => setAdding(true)}>
            {t("phones.add")}
          </Button>
        )}
      </div>
      <ProblemNote problem={phones.problem} again={phones.again} />
      {office === null && phones.loading && <Loader color="tip" aria-label={t("now.loading")} />}
      {office?.extensions.length === 0 && (
        <Empty title={t("phones.none")}>
          <p>{t("phones.none-hint")}</p>
        </Empty>
      )}
      {office && (
        <div className={style.grid}>
          {office.extensions.map((one) => (
            <ExtensionCard key={one.id} extension={one} office={office} changed={phones.again} show={setAccount} />
          ))}
        </div>
      )}
      {office && office.extensions.length > 0 && <GroupList office={office} />}
      {adding && office && (
        <AddExtension
          office={office}
          close={() => setAdding(false)}
          made={(fresh) => {
            phones.again();
            setAccount(fresh);
          }}
        />
      )}
      {account && <AccountSheet account={account} close={() => setAccount(null)} />}
    </>
  );
}
