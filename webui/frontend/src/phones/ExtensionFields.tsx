// The fields that adding and changing an extension share.
import { NativeSelect, TextInput } from "@mantine/core";
import { useWords } from "../words/WordsProvider";
import type { ExtensionFields, OfficePhones } from "./api";
import { Check } from "./Check";

interface Props {
  fields: ExtensionFields;
  change: (part: Partial<ExtensionFields>) => void;
  office: OfficePhones;
  ownMailbox: string;
}

export const OWN_MAILBOX = "own";

export function NameField({ fields, change }: Pick<Props, "fields" | "change">) {
  const { t } = useWords();
  return (
    <TextInput
      label={t("phones.name")}
      description={t("phones.name-hint")}
      value={fields.name}
      maxLength={60}
      required
      onChange={(event) => change({ name: event.currentTarget.value })}
    />
  );
}

export function NoAnswerFields({ fields, change, office, ownMailbox }: Props) {
  const { t } = useWords();
  const hasOwn = office.mailboxes.some((box) => box.id === ownMailbox);
  return (
    <>
      <TextInput
        type="tel"
        label={t("phones.mobile")}
        description={t("phones.mobile-hint")}
        value={fields.mobile ?? ""}
        onChange={(event) => change({ mobile: event.currentTarget.value || null })}
      />
      {fields.mobile && (
        <Check
          label={t("phones.confirm")}
          hint={t("phones.confirm-hint")}
          checked={fields.confirm ?? true}
          change={(confirm) => change({ confirm })}
        />
      )}
      <NativeSelect
        label={t("phones.no-answer")}
        value={fields.voicemail ?? ""}
        onChange={(event) => change({ voicemail: event.currentTarget.value || null })}
        data={[
          { value: "", label: t("phones.voicemail-none") },
          ...(hasOwn ? [] : [{ value: OWN_MAILBOX, label: t("phones.voicemail-own") }]),
          ...office.mailboxes.map((box) => ({ value: box.id, label: t("phones.voicemail-of", { mailbox: box.name }) })),
        ]}
      />
    </>
  );
}
