// What concerns the person at the desk: light or dark, the password, leaving.
import { Menu, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { logOut, type Me } from "../api/me";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { go } from "../routing";
import { useWords } from "../words/WordsProvider";
import { PasswordDialog } from "./PasswordDialog";
import style from "./Shell.module.css";

export function PersonMenu({ me }: { me: Me }) {
  const { t, named } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [changing, setChanging] = useState(false);
  const leaving = useAction(logOut);
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <button type="button" className={style.tool} aria-label={t("person.menu", { name: me.name })} title={me.name}>
            <Icon name="person" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me.name} · {named("person.role-", me.role)}
          </Menu.Label>
          {(["auto", "light", "dark"] as const).map((scheme) => (
            <Menu.Item
              key={scheme}
              onClick={() => setColorScheme(scheme)}
              rightSection={scheme === colorScheme ? <Icon name="check" size={16} /> : null}
            >
              {t(`person.scheme-${scheme}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setChanging(true)}>{t("person.password")}</Menu.Item>
          <Menu.Item onClick={() => go("/settings/people")}>{t("people.second-factor")}</Menu.Item>
          <Menu.Item onClick={() => void leaving.run()}>{t("person.log-out")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {changing && <PasswordDialog close={() => setChanging(false)} />}
    </>
  );
}
