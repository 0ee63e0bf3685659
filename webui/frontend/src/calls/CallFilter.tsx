// What to look for among the calls: a few questions always there, the others when asked for.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useWords } from "../words/WordsProvider";
import { type CallQuery, DISPOSITIONS, type Disposition, LENGTHS, type Length } from "./api";
import style from "./CallFilter.module.css";
import type { Names } from "./names";

const TYPING_PAUSE_MS = 300;
const ALL = "";

interface Props {
  query: CallQuery;
  names: Names;
  change: (query: CallQuery) => void;
}

export function CallFilter({ query, names, change }: Props) {
  const { t, named } = useWords();
  const [text, setText] = useState("");
  const [more, setMore] = useState(false);
  useEffect(() => {
    const wish = text.trim() || undefined;
    if (wish === query.text) return;
    const timer = setTimeout(() => change({ ...query, text: wish }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, query, change]);
  const wish = (part: Partial<CallQuery>) => change({ ...query, ...part });
  return (
    <search className={style.filter}>
      <TextInput
        type="search"
        aria-label={t("calls.search")}
        placeholder={t("calls.search")}
        value={text}
        maxLength={100}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Choice
        label={t("calls.direction")}
        any={t("calls.any-direction")}
        value={query.incoming === undefined ? ALL : String(query.incoming)}
        options={[
          ["true", t("calls.incoming")],
          ["false", t("calls.outgoing")],
        ]}
        choose={(value) => wish({ incoming: value === undefined ? undefined : value === "true" })}
      />
      <Choice
        label={t("calls.disposition")}
        any={t("calls.any-disposition")}
        value={query.disposition ?? ALL}
        options={DISPOSITIONS.map((one) => [one, named("disposition.", one)])}
        choose={(value) => wish({ disposition: value as Disposition | undefined })}
      />
      <Button variant="default" aria-expanded={more} onClick={() => setMore(!more)}>
        {t("calls.more")}
      </Button>
      {more && <MoreQuestions query={query} names={names} wish={wish} />}
    </search>
  );
}

interface MoreProps {
  query: CallQuery;
  names: Names;
  wish: (part: Partial<CallQuery>) => void;
}

function MoreQuestions({ query, names, wish }: MoreProps) {
  const { t, named } = useWords();
  const yes = (value: string | undefined) => (value === undefined ? undefined : value === "true");
  return (
    <div className={style.more}>
      <Choice label={t("calls.line")} any={t("calls.any-line")} value={query.line_id ?? ALL} options={names.lines} choose={(line_id) => wish({ line_id })} />
      <Choice label={t("calls.person")} any={t("calls.anybody")} value={query.extension ?? ALL} options={names.people} choose={(extension) => wish({ extension })} />
      <Day label={t("calls.from-day")} change={(day) => wish({ since: day?.toISOString() })} />
      <Day label={t("calls.to-day")} after={1} change={(day) => wish({ until: day?.toISOString() })} />
      <Choice
        label={t("calls.length")}
        any={t("calls.any-length")}
        value={query.length ?? ALL}
        options={LENGTHS.map((one) => [one, named("length.", one)])}
        choose={(value) => wish({ length: value as Length | undefined })}
      />
      <Choice
        label={t("calls.recording")}
        any={t("calls.any-recording")}
        value={query.recorded === undefined ? ALL : String(query.recorded)}
        options={[
          ["true", t("calls.recorded")],
          ["false", t("calls.not-recorded")],
        ]}
        choose={(value) => wish({ recorded: yes(value) })}
      />
      <Choice
        label={t("calls.star")}
        any={t("calls.any-star")}
        value={query.starred === undefined ? ALL : String(query.starred)}
        options={[
          ["true", t("calls.starred")],
          ["false", t("calls.not-starred")],
        ]}
        choose={(value) => wish({ starred: yes(value) })}
      />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  any: string;
  value: string;
  options: [string, string][];
  choose: (value: string | undefined) => void;
}

function Choice({ label, any, value, options, choose }: ChoiceProps) {
  return (
    <NativeSelect
      aria-label={label}
      value={value}
      onChange={(event) => choose(event.currentTarget.value || undefined)}
      data={[{ value: ALL, label: any }, ...options.map(([id, name]) => ({ value: id, label: name }))]}
    />
  );
}

/** A day of the reader's own calendar, `after` days on: until a day means until its end. */
function Day({ label, after = 0, change }: { label: string; after?: number; change: (day: Date | undefined) => void }) {
  return (
    <label className={style.day}>
      <span className="small dim">{label}</span>
      <TextInput
        type="date"
        min="2000-01-01"
        max="2199-12-31"
        onChange={(event) => {
          const day = event.currentTarget.value ? new Date(`${event.currentTarget.value}T00:00`) : undefined;
          day?.setDate(day.getDate() + after);
          change(day);
        }}
      />
    </label>
  );
}
