import { z } from "zod";
import { SECOND } from "./clock";
import { challengeEnv } from "./env";
import { AppError } from "./errors";

/** The field that Turnstile's widget adds to its form, and the header of an API request, with the token of a solved challenge. */
export const CHALLENGE_FIELD = "cf-turnstile-response";
export const CHALLENGE_HEADER = "Challenge-Token";

const TIMEOUT_MS = 10 * SECOND;

const answerSchema = z.object({ success: z.boolean() });

/** Returns the site key of the challenge; undefined if the shop has none. */
export const challengeSiteKey = (): string | undefined => challengeEnv()?.TURNSTILE_SITE_KEY;

/**
 * Returns whether a person has solved the challenge with this token. A token is valid once, for five minutes
 * (developers.cloudflare.com/turnstile/get-started/server-side-validation).
 * @throws AppError `challenge_unavailable` (503), with `retry`, if Turnstile does not answer
 */
export async function isSolved(token: string): Promise<boolean> {
  const env = challengeEnv();
  if (!env) return false;
  const body = new URLSearchParams({ secret: env.TURNSTILE_SECRET_KEY, response: token });
  try {
    const response = await fetch(env.TURNSTILE_VERIFY_URL, {
      ...{ method: "POST", body, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) },
    });
    return answerSchema.parse(await response.json()).success;
  } catch (cause) {
    throw new AppError("challenge_unavailable", 503, "The challenge could not be checked; try again shortly.", {
      ...{ retry: true, cause },
    });
  }
}
