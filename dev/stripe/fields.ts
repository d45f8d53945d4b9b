import type { z } from "zod";
import type { address } from "./params";

type Address = z.infer<ReturnType<typeof address>>;

/** Stripe shows every line of an address, null where it was not given. */
export const fullAddress = (given: Address) => ({
  city: given.city ?? null,
  country: given.country ?? null,
  line1: given.line1 ?? null,
  line2: given.line2 ?? null,
  postal_code: given.postal_code ?? null,
  state: given.state ?? null,
});

/** Keys given are set, keys given empty are unset, the rest stays; null unsets all. */
export function mergeMetadata(before: Record<string, string>, given: Record<string, string> | null | undefined) {
  if (given === null) return {};
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ""));
}
