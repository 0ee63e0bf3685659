// The phones of an extension in the order in which they ring; each may get a new password, or go.
import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type Account, type Extension, type OfficePhones, removePhone, renewSecret } from "./api";
import style from "./Phones.module.css";

interface Props {
  extension: Extension;
  office: OfficePhones;
  order: string[];
  setOrder: (order: string[]) => void;
  changed: () => void;
  show: (account: Account) => void;
}

export function PhoneOrder({ extension, office, order, setOrder, changed, show }: Props) {
  const { t } = useWords();
  const known = [...extension.phones, ...office.free_phones];
  const labelOf = (id: string) => known.find((one) => one.line_id === id)?.label || id;
  const renewing = useAction(async (line: string) => {
    if (!window.confirm(t("phones.renew-sure", { phone: labelOf(line) }))) return;
    const { account } = await renewSecret(extension.id, line);
    changed();
    if (account) show(account);
  });
  const removing = useAction(async (line: string) => {
    if (!window.confirm(t("phones.remove-phone-sure", { phone: labelOf(line) }))) return;
    await removePhone(extension.id, line);
    setOrder(order.filter((one) => one !== line));
    changed();
  });
  const up = (at: number) => setOrder(order.map((one, n) => (n === at - 1 ? order[at] : n === at ? order[at - 1] : one) ?? one));
  const free = office.free_phones.filter((phone) => !order.includes(phone.line_id));
  return (
    <fieldset className={style.order}>
      <legend>{t("phones.order")}</legend>
      <ol className="plain">
        {order.map((line, at) => (
          <li key={line}>
            <span className="grow">{labelOf(line)}</span>
            {at > 0 && (
              <ActionIcon variant="subtle" aria-label={t("phones.up", { phone: labelOf(line) })} title={t("phones.up", { phone: labelOf(line) })} onClick={() => up(at)}>
                <Icon name="up" size={18} />
              </ActionIcon>
            )}
            {known.find((one) => one.line_id === line)?.driver === "sip" && (
              <Button size="compact-xs" variant="default" loading={renewing.busy} onClick={() => void renewing.run(line)}>
                {t("phones.renew")}
              </Button>
            )}
            <ActionIcon
              variant="subtle"
              color="ring"
              aria-label={t("phones.remove-phone", { phone: labelOf(line) })}
              title={t("phones.remove-phone", { phone: labelOf(line) })}
              onClick={() => (extension.phones.some((one) => one.line_id === line) ? void removing.run(line) : setOrder(order.filter((one) => one !== line)))}
            >
              <Icon name="trash" size={18} />
            </ActionIcon>
          </li>
        ))}
      </ol>
      {free.length > 0 && (
        <NativeSelect
          aria-label={t("phones.add-free")}
          value=""
          onChange={(event) => event.currentTarget.value && setOrder([...order, event.currentTarget.value])}
          data={[{ value: "", label: t("phones.add-free") }, ...free.map((phone) => ({ value: phone.line_id, label: phone.label || phone.line_id }))]}
        />
      )}
      <ProblemNote problem={renewing.problem ?? removing.problem} />
    </fieldset>
  );
}
