// Closed for once: what is to come and what is on, with a button for "closed tomorrow".
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type Closure, type Hours, removeClosure, type RoutingIn } from "./api";
import { ClosureDialog } from "./ClosureDialog";
import { useDestinationWords } from "./DestinationSelect";
import style from "./Incoming.module.css";

interface Props {
  now: Hours;
  places: RoutingIn;
  changed: () => void;
}

export function ClosureList({ now, places, changed }: Props) {
  const { t } = useWords();
  const [editing, setEditing] = useState<Closure | "new" | null>(null);
  const removing = useAction(async (id: string) => {
    await removeClosure(id);
    changed();
  });
  return (
    <section className="card" aria-label={t("closures.title")}>
      <div className={`row spread pad`}>
        <div className="grow">
          <h2>{t("closures.title")}</h2>
          <p className="small dim">{t("closures.lead")}</p>
        </div>
        <Button size="xs" variant="default" onClick={() => setEditing("new")}>
          {t("closures.add")}
        </Button>
      </div>
      <ul className="plain">
        {now.closures.map((one) => (
          <ClosureRow key={one.id} one={one} places={places} edit={() => setEditing(one)} remove={() => void removing.run(one.id)} />
        ))}
      </ul>
      <ProblemNote problem={removing.problem} />
      {editing && <ClosureDialog one={editing === "new" ? null : editing} now={now} places={places} close={() => setEditing(null)} changed={changed} />}
    </section>
  );
}

function ClosureRow({ one, places, edit, remove }: { one: Closure; places: RoutingIn; edit: () => void; remove: () => void }) {
  const { t, moment } = useWords();
  const whereTo = useDestinationWords();
  const said = Object.values(one.texts ?? {}).find((text) => text);
  return (
    <li className={style.rule} style={{ borderTop: "1px solid var(--line)" }}>
      <div className="grow">
        <strong>{one.name || t("closures.title")}</strong>{" "}
        {one.is_over && (
          <span className={style.mark} data-closed>
            {t("closures.over")}
          </span>
        )}
        <div className="small dim">
          {moment(one.begins)} – {moment(one.ends)}
        </div>
        <div className="small dim">
          {one.announced ? (said ? `“${said}”` : t("closures.standard-words")) : t("closures.nothing-said")}
          {one.to && ` · ${whereTo(one.to, places)}`}
        </div>
      </div>
      {!one.is_over && (
        <Button size="xs" variant="default" onClick={edit}>
          {t("phones.edit")}
        </Button>
      )}
      <Button size="xs" variant="subtle" color="ring" onClick={remove}>
        {t("closures.remove")}
      </Button>
    </li>
  );
}
