import { notFound } from "next/navigation";
import { AppError } from "@/lib/errors";

/** What a page is about. Where it is not there, or not for whoever asks, the page says that there is nothing. */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  return work.catch((error) => (error instanceof AppError ? notFound() : Promise.reject(error)));
}
