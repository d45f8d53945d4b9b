import { fingerprint, type KeptAnswer, type KeptAnswers } from "../stand-in/kept-answers";
import { StripeError } from "./errors";

const LONGEST = 255;

function conflict(message: string): StripeError {
  return new StripeError(400, { type: "idempotency_error", message }, false);
}

/** The same parameters in another order are the same request. */
export function fingerprintForm(body: string): string {
  const pairs = [...new URLSearchParams(body)].map(([name, value]) => JSON.stringify([name, value])).sort();
  return fingerprint(pairs.join("\n"));
}

/**
 * The kept answer of a key, or nothing: then the key is taken until it is released. Throws what Stripe answers to a
 * key that is too long, in use, or of another request ("Idempotent requests").
 */
export function takeKey(keys: KeptAnswers, key: string, path: string, print: string): KeptAnswer | undefined {
  if (key.length > LONGEST) {
    throw conflict(`Idempotency keys can be at most ${LONGEST} characters long; yours has ${key.length}.`);
  }
  const taken = keys.take(key, path, print);
  if (taken.state === "in_use") throw inUse(key);
  if (taken.state === "other") throw conflict(otherRequest(key, path, taken.answer));
  return taken.state === "kept" ? taken.answer : undefined;
}

function otherRequest(key: string, path: string, answer: KeptAnswer): string {
  const first =
    answer.path === path
      ? "with the same parameters they were first used with"
      : `for the same endpoint they were first used for ('${path}' vs '${answer.path}')`;
  return `Keys for idempotent requests can only be used ${first}. Try using a key other than '${key}' if you meant to execute a different request.`;
}

function inUse(key: string): StripeError {
  return new StripeError(
    409,
    {
      type: "idempotency_error",
      code: "idempotency_key_in_use",
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    },
    false,
    { "stripe-should-retry": "true" },
  );
}
