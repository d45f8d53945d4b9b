import type { z } from "zod";
import { requireOperator } from "@/app/session";
import type { FormState } from "@/app/ui/action-form";
import type { Viewer } from "@/lib/auth/who";
import { AppError } from "@/lib/errors";

/**
 * The frame of every action of the console: who may, then the work. What is foreseen to fail is said in the form; where the
 * work leads elsewhere (`redirect`), that goes through.
 */
export async function act(work: (operator: Viewer) => Promise<FormState>): Promise<FormState> {
  const operator = await requireOperator("/console");
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

/** @throws AppError that names each field that is not as the API would take it. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new AppError("validation_failed", 422, "Please check what is marked.", { errors });
}
