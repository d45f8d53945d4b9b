import type { z } from "zod";
import type { FieldError } from "@/lib/errors";

/** Returns one error per wrong field. Each message reads well after the name of the field. */
export function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join("."),
        message: "is not a field of this request",
      }));
    const missing = issue.code === "invalid_type" && issue.input === undefined && issue.message.includes("undefined");
    return [{ path: issue.path.join("."), message: missing ? "is missing" : issue.message }];
  });
}
