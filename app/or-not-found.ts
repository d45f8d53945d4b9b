import { notFound } from "next/navigation";
import { AppError } from "@/lib/errors";

/** Returns the result of `work`. If it fails with an AppError, the page shows "not found". */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  return work.catch((error) => (error instanceof AppError ? notFound() : Promise.reject(error)));
}
