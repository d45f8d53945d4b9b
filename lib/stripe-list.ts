import { ago, DAY, HOUR, MINUTE } from "./clock";

/** By then the run that created a PaymentIntent has stored its id. */
const STRIPE_GRACE_MS = 15 * MINUTE;
/** The longest span of one page. Stripe lists only newest first, so a span is read completely before the cursor moves. */
const MAX_SPAN_MS = HOUR;
/** A first scan starts here. */
const FIRST_SPAN_MS = DAY;

/** The span of Stripe's `created` (seconds since 1970) that a scan reads next. */
export function nextSpan(cursor: string | null, at: Date): { gt: number; lte: number; more: boolean } {
  const seconds = (date: Date) => Math.floor(date.getTime() / 1_000);
  const gt = cursor === null ? seconds(ago(FIRST_SPAN_MS, at)) : Number(cursor);
  const end = seconds(ago(STRIPE_GRACE_MS, at));
  const lte = Math.max(gt, Math.min(end, gt + MAX_SPAN_MS / 1_000));
  return { gt, lte, more: lte < end };
}

/** Returns every object of a Stripe list, page by page. */
export async function* listAll<T extends { id: string }>(
  list: (page: { limit: number; starting_after?: string }) => Promise<{ data: T[]; has_more: boolean }>,
): AsyncGenerator<T[]> {
  let starting_after: string | undefined;
  for (let more = true; more; ) {
    const page = await list({ limit: 100, ...(starting_after && { starting_after }) });
    yield page.data;
    starting_after = page.data.at(-1)?.id;
    more = page.has_more && starting_after !== undefined;
  }
}
