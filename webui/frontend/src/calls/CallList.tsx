// The list of calls, newest first; it grows by itself when a call ends.
import { Button, Loader } from "@mantine/core";
import { useState } from "react";
import type { Me } from "../api/me";
import { useAction, useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { useBoxEvents } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { listCalls, type CallPage, type CallQuery } from "./api";
import { CallFilter } from "./CallFilter";
import { CallRow } from "./CallRow";
import style from "./CallList.module.css";
import { DialForm } from "./DialForm";
import { useNames } from "./names";
import { TakeAway } from "./TakeAway";

const RELOAD_AFTER_MS = 400;

export function CallList({ me }: { me: Me }) {
  const { t, date } = useWords();
  const names = useNames();
  const [query, setQuery] = useState<CallQuery>({});
  const [older, setOlder] = useState<CallPage[]>([]);
  const first = useAnswer(() => listCalls(query), JSON.stringify(query));
  const pages = first.value ? [first.value, ...older] : [];
  const last = pages.at(-1);
  const more = useAction(async () => {
    if (!last?.next_before) return;
    const page = await listCalls({ ...query, before: last.next_before });
    setOlder((before) => [...before, page]);
  });
  const change = (fresh: CallQuery) => {
    setOlder([]);
    setQuery(fresh);
  };
  // The record is written as the call ends; a moment later it can be read. Older pages stay as they are.
  useBoxEvents((event) => {
    const ended = event.what === "call" && event.call.phase === "ended";
    if (ended && older.length === 0) setTimeout(first.again, RELOAD_AFTER_MS);
  });
  const calls = pages.flatMap((page) => page.calls);
  const nobodys = me.role === "agent" && !me.extension;
  const filtered = Object.values(query).some((wish) => wish !== undefined);
  return (
    <>
      <div className="row spread">
        <h1>{t("nav.calls")}</h1>
        <div className="row">
          <TakeAway query={query} sounds={me.role !== "agent"} />
          <DialForm />
        </div>
      </div>
      <CallFilter query={query} names={names} change={change} />
      <ProblemNote problem={first.problem} again={first.again} />
      {first.value === null && first.loading && <Loader color="tip" />}
      {first.value && calls.length === 0 && (
        <Empty title={filtered ? t("calls.none-found") : t("calls.none")}>
          <p>{nobodys ? t("calls.no-extension") : filtered ? t("calls.none-found-hint") : t("calls.none-hint")}</p>
        </Empty>
      )}
      {calls.length > 0 && (
        <ul className={`plain card ${style.list}`}>
          {calls.map((call, at) => (
            <li key={call.call_id}>
              {date(call.began_at) !== date(calls[at - 1]?.began_at ?? "1970-01-01T00:00:00Z") && (
                <h2 className={style.day}>{date(call.began_at)}</h2>
              )}
              <CallRow call={call} names={names} />
            </li>
          ))}
        </ul>
      )}
      <ProblemNote problem={more.problem} />
      {last?.next_before && (
        <Button variant="default" loading={more.busy} onClick={() => void more.run()}>
          {t("calls.older")}
        </Button>
      )}
    </>
  );
}
