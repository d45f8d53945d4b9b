import { z } from "zod";
import { ImportType } from "@/prisma/generated/enums";
import { csvFormat, csvLine, csvStart } from "../csv";
import { namesOf } from "./columns";

export const templateSchema = z.strictObject({ type: z.enum(ImportType), ...csvFormat });

/** A row of each type as an example. The product is inactive, so the shop does not show it if somebody imports it. */
const EXAMPLES: Record<ImportType, Record<string, string>> = {
  products: {
    ...{ sku: "EXAMPLE-1", name: "Example mug", price: "12.50", currency: "EUR" },
    ...{ description: "Replace this row with your products.", active: "no" },
  },
  stock: { sku: "EXAMPLE-1", quantity: "10" },
};

/** Returns a CSV file with the columns of a type and one row as an example. */
export function importTemplate({ type, ...format }: z.output<typeof templateSchema>): string {
  const names = namesOf(type);
  const example = names.map((name) => EXAMPLES[type][name] ?? "");
  return csvStart(format) + csvLine(names, format) + csvLine(example, format);
}
