// Who may use the page, the second factor of the own login, and the page's certificate.
import { Loader } from "@mantine/core";
import { readMe } from "../api/me";
import { useAnswer } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { CertificateCard } from "./CertificateCard";
import { PeopleList } from "./PeopleList";
import { SecondFactor } from "./SecondFactor";

export default function PeopleSettings() {
  const me = useAnswer(readMe, "");
  if (me.value === null) return me.problem ? <ProblemNote problem={me.problem} again={me.again} /> : <Loader color="tip" />;
  const owner = me.value.role === "owner";
  return (
    <div className="stack">
      {owner && <PeopleList me={me.value} />}
      <SecondFactor me={me.value} changed={me.again} />
      {owner && <CertificateCard />}
    </div>
  );
}
