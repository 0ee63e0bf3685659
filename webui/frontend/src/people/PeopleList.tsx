// The people, each with a role; adding one hands out a code.
import { Button, Loader, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Me } from "../api/me";
import { useAnswer } from "../api/useAnswer";
import { useWords } from "../words/WordsProvider";
import { addPerson, type Handed, listPeople, type Role } from "./api";
import { HandedCode } from "./HandedCode";
import { PersonCard } from "./PersonCard";
import style from "./People.module.css";
import { useRoles } from "./useRoles";
import { useSteps } from "./useSteps";

export function PeopleList({ me }: { me: Me }) {
  const { t } = useWords();
  const roles = useRoles();
  const people = useAnswer(listPeople, "");
  const steps = useSteps();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [handed, setHanded] = useState<Handed | null>(null);
  const add = (event: FormEvent) => {
    event.preventDefault();
    void steps.run(async () => {
      setHanded(await addPerson(name.trim(), role));
      setName("");
      people.again();
    });
  };
  return (
    <section className="stack" aria-labelledby="people-title">
      <h2 id="people-title">{t("people.title")}</h2>
      <p className="dim">{t("people.lead")}</p>
      {people.value === null && people.loading && <Loader color="tip" />}
      <ul className={`plain ${style.grid}`}>
        {people.value?.map((one) => (
          <PersonCard key={one.name} person={one} me={me} changed={people.again} hand={setHanded} />
        ))}
      </ul>
      <form onSubmit={add} className={`card pad ${style.form}`} aria-label={t("people.add")}>
        <TextInput label={t("people.name")} value={name} required maxLength={40} onChange={(event) => setName(event.currentTarget.value)} />
        <NativeSelect label={t("people.role")} description={t(`people.may-${role}`)} value={role} data={roles} onChange={(event) => setRole(event.currentTarget.value as Role)} />
        {steps.note}
        <Button type="submit" loading={steps.busy}>
          {t("people.add")}
        </Button>
      </form>
      {handed && <HandedCode handed={handed} close={() => setHanded(null)} />}
    </section>
  );
}
