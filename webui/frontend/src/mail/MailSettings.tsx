// The account the box writes e-mail from: typed in, tried out, and what waits to be sent.
import { Loader } from "@mantine/core";
import { useAnswer } from "../api/useAnswer";
import { useLive } from "../live/useLive";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { readMail } from "./api";
import { AccountForm } from "./AccountForm";
import { OutboxCard } from "./OutboxCard";

export default function MailSettings() {
  const { t } = useWords();
  const { box } = useLive();
  const mail = useAnswer(readMail, String(box?.config_version ?? 0));
  return (
    <>
      <p className="dim">{t("mail.lead")}</p>
      <ProblemNote problem={mail.problem} again={mail.again} />
      {mail.value === null && mail.loading && <Loader color="tip" />}
      {mail.value && <AccountForm key={JSON.stringify(mail.value)} mail={mail.value} />}
      <OutboxCard />
    </>
  );
}
