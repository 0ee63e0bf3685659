// Lists of numbers as people paste them: one a line, or columns of a spreadsheet.

/** One number a line; what stands behind a comma or a tab is only for the reader. */
export const numbersIn = (text: string): string[] => text.split("\n").map((line) => line.trim()).filter(Boolean);

const LOOKS_LIKE_ONE = /^\+?[0-9][0-9\s().\-/]{4,}\*?$|^\+[0-9]+\*$/;

/** The numbers of a table that was copied; null when it is no table. */
export function numbersOfTable(text: string): string[] | null {
  const rows = text.split(/\r?\n/).map((row) => row.split(/[\t;,]/).map((cell) => cell.trim().replace(/^"|"$/g, "")));
  if (!rows.some((row) => row.length > 1)) return null;
  return rows.flatMap((row) => row.filter((cell) => LOOKS_LIKE_ONE.test(cell)).slice(0, 1));
}
