// Where a call is sent: one list of everything that can take it.
import { NativeSelect } from "@mantine/core";
import { useWords } from "../words/WordsProvider";
import type { Destination, RoutingIn } from "./api";

interface Props {
  label: string;
  hint?: string;
  places: Pick<RoutingIn, "flows" | "extensions" | "groups" | "mailboxes">;
  to: Destination | null;
  change: (to: Destination | null) => void;
  /** What stands for no destination, where that means something. */
  none?: string;
}

const KINDS = ["flow", "extension", "group", "voicemail"] as const;

export function DestinationSelect({ label, hint, places, to, change, none }: Props) {
  const { t } = useWords();
  const options = [
    ...places.flows.map((id) => ({ value: `flow ${id}`, label: t("incoming.to-flow", { name: spaced(id) }) })),
    ...places.groups.map((one) => ({ value: `group ${one.id}`, label: t("incoming.to-group", { name: one.name }) })),
    ...places.extensions.map((one) => ({ value: `extension ${one.id}`, label: t("incoming.to-extension", { id: one.id, name: one.name }) })),
    ...places.mailboxes.map((one) => ({ value: `voicemail ${one.id}`, label: t("incoming.to-voicemail", { name: one.name }) })),
    { value: "hang_up", label: t("incoming.to-hang-up") },
  ];
  return (
    <NativeSelect
      label={label}
      description={hint}
      value={valueOf(to)}
      onChange={(event) => change(destinationOf(event.currentTarget.value))}
      data={none === undefined ? options : [{ value: "", label: none }, ...options]}
    />
  );
}

export function useDestinationWords() {
  const { t } = useWords();
  return (to: Destination, places: Props["places"]): string => {
    const called = (all: { id: string; name: string }[], id: string) => all.find((one) => one.id === id)?.name ?? id;
    if (to.flow) return t("incoming.to-flow", { name: spaced(to.flow) });
    if (to.group) return t("incoming.to-group", { name: called(places.groups, to.group) });
    if (to.extension) return t("incoming.to-extension", { id: to.extension, name: called(places.extensions, to.extension) });
    if (to.voicemail) return t("incoming.to-voicemail", { name: called(places.mailboxes, to.voicemail) });
    return t("incoming.to-hang-up");
  };
}

/** The owner's names are written with hyphens in tipring.toml, and read without. */
export const spaced = (name: string): string => name.replaceAll("-", " ");

function valueOf(to: Destination | null): string {
  if (to === null) return "";
  const kind = KINDS.find((one) => to[one]);
  return kind ? `${kind} ${to[kind]}` : "hang_up";
}

function destinationOf(value: string): Destination | null {
  if (value === "") return null;
  const [kind, id] = value.split(" ");
  return kind === "hang_up" ? { hang_up: true } : ({ [kind ?? "flow"]: id, hang_up: false } as Destination);
}
