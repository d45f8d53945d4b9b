import type { z } from "zod";
import type { FieldError } from "@/lib/errors";

/** What is wrong with each field, in words that fit after its name. `root` is where the value stands in a larger one. */
export function fieldErrors(error: z.core.$ZodError, root = ""): FieldError[] {
  return error.issues.flatMap((issue) => {
    const at = (...more: PropertyKey[]) => [root, ...issue.path, ...more].filter((part) => part !== "").join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ path: at(key), message: "is not a field of this request" }));
    const missing = issue.code === "invalid_type" && issue.input === undefined && issue.message.includes("undefined");
    return [{ path: at(), message: missing ? "is missing" : issue.message }];
  });
}
