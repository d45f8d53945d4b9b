import { setTimeout as sleep } from "node:timers/promises";

/** Longer than the work of these requests, also on a busy machine. better-auth uses the same time for its own. */
const EVEN_TIME_MS = 500;

/** Requests whose work differs between known and unknown addresses: only a known one gets an email. */
const PATHS = ["/sign-up/email", "/request-password-reset", "/send-verification-email", "/change-email"];

/** Runs a request so that the time of its answer does not reveal whether an address has an account. */
export async function withEvenTime<T>(path: string, work: () => Promise<T>): Promise<T> {
  if (!PATHS.some((one) => path.endsWith(one))) return work();
  const time = sleep(EVEN_TIME_MS);
  try {
    return await work();
  } finally {
    await time;
  }
}
