// Add somebody: a number, a name, and in the same step a phone that may register.
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type Account, addExtension, type ExtensionFields, type OfficePhones } from "./api";
import { NameField, NoAnswerFields, OWN_MAILBOX } from "./ExtensionFields";
import { useFieldLabels } from "./useFieldLabels";

interface Props {
  office: OfficePhones;
  close: () => void;
  made: (account: Account | null) => void;
}

const SIP = "sip";
const NO_PHONE = "";

export function AddExtension({ office, close, made }: Props) {
  const { t } = useWords();
  const labels = useFieldLabels();
  const [id, setId] = useState(nextFree(office));
  const [phone, setPhone] = useState(SIP);
  const [fields, setFields] = useState<ExtensionFields>({
    name: "",
    strategy: "all",
    ring_s: 20,
    mobile: null,
    confirm: true,
    confirm_s: 15,
    blocked_codes: [],
    call_waiting: true,
    voicemail: OWN_MAILBOX,
    record: false,
  });
  const change = (part: Partial<ExtensionFields>) => setFields((before) => ({ ...before, ...part }));
  const adding = useAction(async () => {
    const devices = phone === SIP || phone === NO_PHONE ? [] : [phone];
    const { account } = await addExtension({ ...fields, id, sip_phone: phone === SIP, devices });
    close();
    made(account);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void adding.run();
  };
  return (
    <Modal opened onClose={close} title={t("phones.add-title")}>
      <form onSubmit={submit} className="stack">
        <NameField fields={fields} change={change} />
        <TextInput
          label={t("phones.number")}
          description={t("phones.number-hint")}
          value={id}
          inputMode="numeric"
          pattern="[0-9]{2,6}"
          required
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("phones.phone")}
          description={phone === SIP ? t("phones.phone-sip-hint") : undefined}
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
          data={[
            { value: SIP, label: t("phones.phone-sip") },
            ...office.free_phones.map((free) => ({ value: free.line_id, label: free.label || free.line_id })),
            { value: NO_PHONE, label: t("phones.phone-none") },
          ]}
        />
        <NoAnswerFields fields={fields} change={change} office={office} ownMailbox={`m${id}`} />
        <ProblemNote problem={adding.problem} labels={labels} />
        <Button type="submit" loading={adding.busy}>
          {t("phones.add")}
        </Button>
      </form>
    </Modal>
  );
}

/** One above the highest number there is; the office may choose another. */
function nextFree(office: OfficePhones): string {
  const numbers = office.extensions.map((one) => Number(one.id));
  return String(numbers.length > 0 ? Math.max(...numbers) + 1 : 101);
}
