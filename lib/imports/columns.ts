import type { ImportType } from "@/prisma/generated/enums";
import { cleanCode } from "../sku";
import { broken } from "./import-error";

/** The columns of each type of file. Their order is free, and names are compared without case. */
export const COLUMNS = {
  products: { required: ["sku", "name", "price", "currency"], optional: ["description", "active"] },
  stock: { required: ["sku", "quantity"], optional: [] },
} as const satisfies Record<ImportType, { required: readonly string[]; optional: readonly string[] }>;

/** Returns the names of all columns that a type of file can have. */
export const namesOf = (type: ImportType): string[] => [...COLUMNS[type].required, ...COLUMNS[type].optional];

/** Returns the name of a column as it is compared. */
export const cleanName = (name: string): string => cleanCode(name).toLowerCase();

/**
 * Returns the columns of a file's header, in its order. A column without a name is "": a spreadsheet exports empty columns too.
 * @throws ImportError `wrong_columns` with the missing, unknown and duplicate columns.
 */
export function readHeader(type: ImportType, values: string[], line: number): string[] {
  const { required, optional } = COLUMNS[type];
  const known = namesOf(type);
  const given = values.map(cleanName);
  const problems = [
    [required.filter((name) => !given.includes(name)), "misses"],
    [values.filter((_, index) => given[index] !== "" && !known.includes(given[index] ?? "")), "has the unknown"],
    [known.filter((name) => given.indexOf(name) !== given.lastIndexOf(name)), "has twice"],
  ] as const;
  const found = problems.flatMap(([names, words]) =>
    names.length > 0
      ? [
          `${words} ${names
            .slice(0, 5)
            .map((name) => `"${name.slice(0, 40)}"`)
            .join(", ")}`,
        ]
      : [],
  );
  if (found.length === 0) return given;
  const expected = [...required, ...optional.map((name) => `${name} (optional)`)].join(", ");
  throw broken("wrong_columns", `The first line must name the columns ${expected}; it ${found.join(", ")}.`, { line });
}
