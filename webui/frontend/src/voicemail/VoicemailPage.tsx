// Messages callers left, newest first; new ones stand out.
import { Loader } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "../api/useAnswer";
import { Empty } from "../Empty";
import { useBoxEvents } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { listVoicemail } from "./api";
import { Message } from "./Message";

export default function VoicemailPage() {
  const { t } = useWords();
  const messages = useAnswer(listVoicemail, "");
  const [open, setOpen] = useState<string | null>(null);
  useBoxEvents((event) => {
    if (event.what === "voicemail") messages.again();
  });
  return (
    <>
      <h1>{t("nav.voicemail")}</h1>
      <ProblemNote problem={messages.problem} again={messages.again} />
      {messages.value === null && messages.loading && <Loader color="tip" />}
      {messages.value?.length === 0 && (
        <Empty title={t("voicemail.none")}>
          <p>{t("voicemail.none-hint")}</p>
        </Empty>
      )}
      {messages.value?.map((message) => (
        <Message
          key={message.voicemail_id}
          message={message}
          open={open === message.voicemail_id}
          toggle={() => setOpen(open === message.voicemail_id ? null : message.voicemail_id)}
          changed={messages.again}
        />
      ))}
    </>
  );
}
