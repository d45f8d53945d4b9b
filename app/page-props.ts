import { notFound } from "next/navigation";
import { AppError } from "@/lib/errors";

/** The props of a page: its path parameters. */
export type PageParams<Name extends string> = { params: Promise<Record<Name, string>> };

/** The props of a page: its query parameters. Each is optional. */
export type PageQuery<Name extends string> = { searchParams: Promise<Partial<Record<Name, string>>> };

/**
 * Returns the result of `work`. If the address names what does not exist, what no list has, or what this visitor may not see,
 * the page shows "not found". A failure of ours remains an error.
 */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  return work.catch((error) =>
    error instanceof AppError && error.status < 500 && error.status !== 429 ? notFound() : Promise.reject(error),
  );
}
