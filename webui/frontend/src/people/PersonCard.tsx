// One person: the role, where they are logged in, a new code, and removing them.
import { Button, NativeSelect } from "@mantine/core";
import type { Me } from "../api/me";
import { useLive } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import { endSession, giveCode, giveExtension, giveRole, type Handed, iso, type Person, removePerson, type Role } from "./api";
import style from "./People.module.css";
import { useRoles } from "./useRoles";
import { useSteps } from "./useSteps";

interface Props {
  person: Person;
  me: Me;
  changed: () => void;
  hand: (handed: Handed) => void;
}

export function PersonCard({ person, me, changed, hand }: Props) {
  const { t, moment } = useWords();
  const roles = useRoles();
  const steps = useSteps();
  const { box } = useLive();
  const extensions = (box?.extensions ?? []).map((one) => ({ value: one.extension, label: `${one.name} (${one.extension})` }));
  const own = person.name === me.name;
  const step = (act: () => Promise<unknown>) => void steps.run(() => act().then(changed));
  const code = () => step(async () => hand(await giveCode(person.name)));
  const remove = () => window.confirm(t("people.remove-sure", { name: person.name })) && step(() => removePerson(person.name));
  return (
    <li className={`card pad ${style.person}`}>
      <div className="row spread">
        <strong>{person.name}</strong>
        <span className="small dim">{own ? t("people.you") : !person.has_password ? t("people.waiting") : person.second_factor ? t("people.has-second") : ""}</span>
      </div>
      <NativeSelect
        aria-label={t("people.role-of", { name: person.name })}
        value={person.role}
        data={roles}
        disabled={own || steps.busy}
        onChange={(event) => {
          const role = event.currentTarget.value as Role;
          step(() => giveRole(person.name, role));
        }}
      />
      <NativeSelect
        aria-label={t("people.extension-of", { name: person.name })}
        description={t("people.extension-hint")}
        value={person.extension ?? ""}
        data={[{ value: "", label: t("people.no-extension") }, ...extensions]}
        disabled={steps.busy}
        onChange={(event) => {
          const extension = event.currentTarget.value || null;
          step(() => giveExtension(person.name, extension));
        }}
      />
      {person.sessions.length > 0 && <span className="small dim">{t("people.sessions")}</span>}
      <ul className="plain">
        {person.sessions.map((one) => (
          <li key={one.session_id} className="row spread small">
            <span>
              {one.address} · {moment(iso(one.seen_s))}
            </span>
            {one.session_id === me.session_id ? (
              <span className="dim">{t("people.here")}</span>
            ) : (
              <Button size="compact-xs" variant="default" onClick={() => step(() => endSession(person.name, one.session_id))}>
                {t("people.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {steps.note}
      {!own && (
        <div className="row">
          <Button size="xs" variant="default" onClick={code}>
            {t("people.new-code")}
          </Button>
          <Button size="xs" variant="subtle" color="ring" onClick={remove}>
            {t("people.remove")}
          </Button>
        </div>
      )}
    </li>
  );
}
