// What to look for among the calls.
import { NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useLive } from "../live/useLive";
import { useWords } from "../words/WordsProvider";
import { type CallQuery, DISPOSITIONS, type Disposition } from "./api";
import style from "./CallFilter.module.css";

const TYPING_PAUSE_MS = 300;

interface Props {
  query: CallQuery;
  change: (query: CallQuery) => void;
}

export function CallFilter({ query, change }: Props) {
  const { t, named } = useWords();
  const { box } = useLive();
  const [text, setText] = useState("");
  useEffect(() => {
    const wish = text.trim() || undefined;
    if (wish === query.text) return;
    const timer = setTimeout(() => change({ ...query, text: wish }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, query, change]);
  const direction = query.incoming === undefined ? "" : String(query.incoming);
  return (
    <search className={style.filter}>
      <TextInput
        type="search"
        aria-label={t("calls.search")}
        placeholder={t("calls.search")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label={t("calls.direction")}
        value={direction}
        onChange={(event) => {
          const value = event.currentTarget.value;
          change({ ...query, incoming: value === "" ? undefined : value === "true" });
        }}
        data={[
          { value: "", label: t("calls.any-direction") },
          { value: "true", label: t("calls.incoming") },
          { value: "false", label: t("calls.outgoing") },
        ]}
      />
      <NativeSelect
        aria-label={t("calls.disposition")}
        value={query.disposition ?? ""}
        onChange={(event) => {
          const value = event.currentTarget.value as Disposition | "";
          change({ ...query, disposition: value === "" ? undefined : value });
        }}
        data={[
          { value: "", label: t("calls.any-disposition") },
          ...DISPOSITIONS.map((value) => ({ value, label: named("disposition.", value) })),
        ]}
      />
      <NativeSelect
        aria-label={t("calls.line")}
        value={query.line_id ?? ""}
        onChange={(event) => change({ ...query, line_id: event.currentTarget.value || undefined })}
        data={[
          { value: "", label: t("calls.any-line") },
          ...(box?.lines ?? []).map((line) => ({ value: line.line.line_id, label: line.label || line.line.line_id })),
        ]}
      />
    </search>
  );
}
