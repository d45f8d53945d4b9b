import { revalidatePath } from "next/cache";
import type { z } from "zod";
import { fieldErrors, plainWords } from "@/app/field-errors";
import { requireOperator, requireViewer, viewer } from "@/app/session";
import type { FormState } from "@/app/ui/form-state";
import { valuesOf } from "@/app/ui/form-values";
import type { Viewer } from "@/lib/auth/viewer";
import { AppError, invalid } from "@/lib/errors";
import { minorUnits } from "@/lib/money";
import { isPlainText } from "@/lib/text";
import type { Role } from "@/prisma/generated/enums";

const CHECK_FIELDS = "Please check the marked fields.";

type Work<U, S> = (form: FormData, user: U) => Promise<S>;

/** Returns the server action of a form for users with `role`. Other users get the page "not found". */
export const withOperator = <S extends FormState>(work: Work<Viewer, S>, role: Role = "manager") =>
  withSession(() => requireOperator(role), work);

/** Returns the server action of a form for signed-in users. */
export const withViewer = <S extends FormState>(work: Work<Viewer, S>) => withSession(requireViewer, work);

/** A form keeps what was typed when the session has ended meanwhile. It can be sent again after a sign-in in another tab. */
const withSession = <S extends FormState>(authorize: () => Promise<Viewer>, work: Work<Viewer, S>) => {
  const action = formAction(authorize, work);
  return async (before: FormState, form: FormData): Promise<S | FormState> => {
    if (await viewer()) return action(before, form);
    return {
      message: "Your session has ended. Please sign in, then send this form again.",
      signIn: true,
      values: valuesOf(form),
    };
  };
};

/** Returns the server action of a form for everyone. */
export const withVisitor = <S extends FormState>(work: Work<null, S>) => formAction(async () => null, work);

/** An AppError becomes the message of the form. Other errors and redirects pass through. */
function formAction<U, S extends FormState>(authorize: () => Promise<U>, work: Work<U, S>) {
  return async (_before: FormState, form: FormData): Promise<S | FormState> => {
    const user = await authorize();
    const values = valuesOf(form);
    try {
      checkStorable(values);
      return { ...(await work(form, user)), values };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { message: error.message, errors: error.errors, values };
    }
  };
}

/** PostgreSQL cannot store NUL, which no browser lets a person type. @throws AppError `validation_failed` (422) */
function checkStorable(values: Record<string, string>): void {
  const wrong = Object.entries(values).filter((pair) => pair.some((text) => text.includes("\0")));
  if (wrong.length === 0) return;
  throw invalid(
    CHECK_FIELDS,
    wrong.map(([path]) => ({ path, message: "must not hold control characters" })),
  );
}

/** Revalidates the page at `path`. Returns the state of a form that succeeded. */
export function saved(path: string, message: string): FormState {
  revalidatePath(path);
  return { good: true, message };
}

/** Returns what `saved` does, with a secret that is shown only now: the message stays until the user leaves. */
export const savedWithSecret = (path: string, message: string, secret: string): FormState => ({
  ...saved(path, message),
  ...{ stays: true, secret },
});

/** Returns a text field of a form, trimmed, or undefined if it is empty. */
export function text(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** Returns the id that a form sends in its hidden field. An id that no row can have is empty. */
export const idOf = (form: FormData): string => {
  const id = text(form, "id") ?? "";
  return isPlainText(id) ? id : "";
};

const ADDRESS = ["line1", "line2", "city", "region", "state", "postalCode", "country"];

/** Returns the address fields of a form that are not empty. The field `name` is the customer's, and `recipient` the address's. */
export const addressOf = (form: FormData): Record<string, unknown> =>
  Object.fromEntries(
    [["name", text(form, "recipient")], ...ADDRESS.map((name) => [name, text(form, name)])].filter(
      ([, value]) => value,
    ),
  );

/** Returns a number field of a form, or undefined if it is empty. Other text becomes NaN, which the schema rejects. */
export function number(form: FormData, name: string): number | undefined {
  const value = text(form, name);
  return value === undefined ? undefined : Number(value);
}

/**
 * Returns the fields `amount`, such as `12.50`, in minor units, and `currency`. An empty amount is undefined.
 * @throws AppError `validation_failed` (422) for `path` if the text is not an amount in this currency
 */
export function amountOf(form: FormData, path = "amount"): { amount?: number; currency: string } {
  return typedMoney(form, "amount", path) ?? { currency: text(form, "currency") ?? "" };
}

/** Returns an amount of a form, such as `12.50`, in the form's currency, or undefined if it is empty. @throws as `amountOf` */
export function typedMoney(
  form: FormData,
  name: string,
  path = name,
): { amount: number; currency: string } | undefined {
  const [typed, currency = ""] = [text(form, name), text(form, "currency")];
  if (typed === undefined) return undefined;
  const amount = minorUnits(typed, currency);
  if (Number.isNaN(amount)) throw invalid(CHECK_FIELDS, [{ path, message: "must be an amount such as 12.50" }]);
  return { amount, currency };
}

/** Returns what the page of a form has shown, which its hidden field `shown` holds as JSON, or undefined without it. */
export function shownOf<S extends z.ZodType>(form: FormData, schema: S): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(text(form, "shown") ?? ""));
  } catch {
    return undefined;
  }
}

/** Returns the parsed value. @throws AppError that names each invalid field, with the same rules as the API */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value, { error: plainWords });
  if (result.success) return result.data;
  throw invalid(CHECK_FIELDS, fieldErrors(result.error));
}
