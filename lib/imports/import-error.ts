import { z } from "zod";
import type { Prisma } from "../db";
import { AppError } from "../errors";
import { storableJson } from "../text";

/** Why an import failed or waits, as the API shows it. Lines count from 1, the header's. */
export interface ImportProblem {
  code:
    | "source_refused"
    | "source_unavailable"
    | "source_changed"
    | "address_not_public"
    | "file_too_large"
    | "empty_file"
    | "compressed"
    | "html_page"
    | "not_utf8"
    | "wrong_columns"
    | "no_rows"
    | "quote_not_closed"
    | "line_too_long"
    | "not_csv"
    | "over_time"
    | "gave_up";
  message: string;
  line?: number;
  column?: string;
}

/** A saved problem. An earlier version may have saved other codes. */
export const importProblemSchema = z.object({
  code: z.string(),
  message: z.string(),
  line: z.int().optional(),
  column: z.string().optional(),
});

/** Returns a problem as PostgreSQL can store it: it may quote a file or a server. */
export const storableProblem = (problem: ImportProblem): Prisma.InputJsonObject => JSON.parse(storableJson(problem));

/** A permanent error of the file or its server, which ends the import. A retry would give the same. */
export class ImportError extends AppError {
  constructor(readonly problem: ImportProblem) {
    super(problem.code, 422, problem.message);
  }
}

/** Returns an error that ends the import. */
export function broken(code: ImportProblem["code"], message: string, where: { line?: number; column?: string } = {}) {
  return new ImportError({ code, message, ...where });
}

/** Returns a temporary error, after which the step is retried. */
export function unavailable(message: string, retry: number | true = true): AppError {
  return new AppError("source_unavailable", 503, message, { retry });
}
