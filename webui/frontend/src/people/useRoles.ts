// The roles as a choice, from the least to the most one may do.
import { useWords } from "../words/WordsProvider";
import type { Role } from "./api";

const ROLES: Role[] = ["agent", "supervisor", "owner"];

export function useRoles() {
  const { t } = useWords();
  return ROLES.map((value) => ({ value, label: t(`person.role-${value}`) }));
}
