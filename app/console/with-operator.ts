import type { z } from "zod";
import { fieldErrors } from "@/app/field-errors";
import { requireOperator } from "@/app/session";
import type { FormState } from "@/app/ui/action-form";
import type { Viewer } from "@/lib/auth/viewer";
import { AppError, invalid } from "@/lib/errors";
import { minorUnits } from "@/lib/money";
import type { Role } from "@/prisma/generated/enums";

const CHECK = "Please check the marked fields.";

/**
 * The frame of every action of the console: who may, then the work. What is foreseen to fail is said in the form; where the
 * work leads elsewhere (`redirect`), that goes through.
 */
export async function act<S extends FormState>(
  work: (operator: Viewer) => Promise<S>,
  role: Role = "manager",
): Promise<S | FormState> {
  const operator = await requireOperator(role);
  try {
    return await work(operator);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { message: error.message, errors: error.errors };
  }
}

/** Text of a form; nothing where the field was left empty. */
export function text(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** A number of a form: not a number where something else was typed, so that the schema says so. */
export function number(form: FormData, name: string): number | undefined {
  const value = text(form, name);
  return value === undefined ? undefined : Number(value);
}

/**
 * An amount of a form as people write it, `12.50`, in minor units; nothing where the field was left empty.
 * @throws AppError `validation_failed` (422) for what is no amount of that currency
 */
export function amount(form: FormData, currency: string): number | undefined {
  const typed = text(form, "amount");
  if (typed === undefined) return undefined;
  const value = minorUnits(typed, currency);
  if (Number.isNaN(value)) throw invalid(CHECK, [{ path: "amount", message: "must be an amount such as 12.50" }]);
  return value;
}

/** @throws AppError that names each field that is not as the API would take it. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(CHECK, fieldErrors(result.error));
}
