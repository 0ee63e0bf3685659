// One field that finds pages and fields; arrows choose, Enter goes there.
import { Modal, TextInput } from "@mantine/core";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { go } from "../routing";
import { useWords } from "../words/WordsProvider";
import { find, type Found } from "./find";
import { reveal } from "./reveal";
import style from "./SearchDialog.module.css";

export default function SearchDialog({ close }: { close: () => void }) {
  const { t, count, labels } = useWords();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const found = find(query, labels);
  const open = (one: Found) => {
    close();
    go(one.path);
    if (one.label !== undefined) reveal(one.label);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[at];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      open(chosen);
    }
  };
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [list, at]);
  return (
    <Modal opened onClose={close} title={t("search.title")} size="lg">
      <TextInput
        role="combobox"
        aria-label={t("search.title")}
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-activedescendant={found.length > 0 ? `${list}-${at}` : undefined}
        placeholder={t("search.placeholder")}
        data-autofocus
        value={query}
        onKeyDown={onKey}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
      />
      <p role="status" className={`small dim ${style.status}`}>
        {query.trim() === "" ? t("search.hint") : count("search.found", found.length)}
      </p>
      <ul role="listbox" id={list} aria-label={t("search.results")} className={`plain ${style.list}`}>
        {found.map((one, index) => (
          <li key={`${one.path} ${one.label}`} id={`${list}-${index}`} role="option" aria-selected={index === at} className={style.found} onClick={() => open(one)}>
            <strong>{one.label ?? one.page}</strong>
            {one.label !== undefined && <span className="small dim"> · {one.page}</span>}
            {one.hint && <div className="small dim">{one.hint}</div>}
          </li>
        ))}
      </ul>
    </Modal>
  );
}
