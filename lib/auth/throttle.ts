import type { GenericEndpointContext } from "better-auth";
import { APIError } from "better-auth/api";
import { clientAddress } from "../client-address";
import { DAY, HOUR, MINUTE } from "../clock";
import { db } from "../db";
import { normalizeEmail } from "../email-address";
import { emailKey } from "../email-key";
import { AppError } from "../errors";
import { fingerprint, newToken } from "../ids";
import { enforceRateLimit, type RateLimit } from "../rate-limit";
import { resolveAliases } from "./email-alias";

/** Guesses of a password by one client for one account, or within one session. */
const PER_CLIENT: RateLimit = { count: 10, periodMs: 15 * MINUTE };
/** Requests from one address for any account. */
const PER_ADDRESS: RateLimit = { count: 100, periodMs: 15 * MINUTE };
/** Emails that one client can have sent to one account. */
const EMAILS_PER_CLIENT: RateLimit = { count: 3, periodMs: HOUR };

const KNOWN_DEVICE_MS = 180 * DAY;

type Limits = [key: unknown[], limit: RateLimit][];

/**
 * Limits the requests that guess a password or have an email sent. A stranger must not be able to use up the limit of an
 * account's owner, so there is no limit by account alone: it is by account and client, and by the client's address. A client is
 * an address or, for the account that it has signed in to before, a device: its cookie has a limit of its own, also at an
 * address from which somebody else guesses (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
 *
 * @throws APIError 429 with `retry-after`
 */
export async function throttle(context: GenericEndpointContext): Promise<void> {
  try {
    // Not in one transaction: an attempt counts, also if a later limit refuses it.
    for (const [key, limit] of await limitsOf(context)) await enforceRateLimit(db(), bucketOf(key), limit);
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 429) throw error;
    const retryAfter = String(Math.ceil(Number(error.retry) / 1_000));
    throw new APIError(
      "TOO_MANY_REQUESTS",
      { code: "TOO_MANY_REQUESTS", message: error.message },
      { "retry-after": retryAfter },
    );
  }
}

/** After the right password: the attempts of this client no longer count, and a sign-in makes its device known. */
export async function recordSuccess(context: GenericEndpointContext): Promise<void> {
  const limits = await limitsOf(context);
  const mine = limits.filter(([, limit]) => limit === PER_CLIENT).map(([key]) => bucketOf(key));
  if (mine.length > 0) await db().rateLimit.deleteMany({ where: { key: { in: mine } } });
  const email = accountOf(context);
  if (context.path !== "/sign-in/email" || email === undefined || (await knownDevice(context, email))) return;
  const { name, attributes } = deviceCookie(context);
  const value = `${fingerprint(email).slice(0, 32)}.${newToken()}`;
  await context.setSignedCookie(name, value, context.context.secret, attributes);
}

/** Returns the limits of a request. None for a call of our own, which has no headers. */
async function limitsOf(context: GenericEndpointContext): Promise<Limits> {
  const { path, headers, body } = context;
  if (!headers) return [];
  const address = clientAddress(headers);
  const email = accountOf(context);
  const byAddress: Limits[number] = [["address", path, address], PER_ADDRESS];
  switch (path) {
    case "/sign-in/email": {
      const device = email && (await knownDevice(context, email));
      if (device) return [[["device", path, device], PER_CLIENT]];
      return email ? [byAddress, [["account", path, email, address], PER_CLIENT]] : [byAddress];
    }
    case "/request-password-reset":
    case "/send-verification-email": {
      const device = email && (await knownDevice(context, email));
      if (device) return [[["device", path, device], EMAILS_PER_CLIENT]];
      return email ? [byAddress, [["account", path, email, address], EMAILS_PER_CLIENT]] : [byAddress];
    }
    case "/sign-up/email":
    case "/reset-password":
      return [byAddress];
    case "/change-password":
    case "/verify-password":
      return [byAddress, ...(await bySession(context, "password", PER_CLIENT))];
    case "/delete-user": {
      const password = body?.password ? await bySession(context, "password", PER_CLIENT) : [];
      return [byAddress, ...password, ...(await bySession(context, path, PER_CLIENT))];
    }
    case "/change-email":
      return [byAddress, ...(await bySession(context, path, EMAILS_PER_CLIENT))];
    default:
      return [];
  }
}

/** Returns the limit of a signed-in client. A second session of the same user is not affected by a stolen one. */
async function bySession(context: GenericEndpointContext, what: string, limit: RateLimit): Promise<Limits> {
  const { authCookies, secret } = context.context;
  const token = await context.getSignedCookie(authCookies.sessionToken.name, secret);
  return token ? [[["session", what, token], limit]] : [];
}

/** Returns the account that a request names, or undefined. The spellings of one mailbox have one limit. */
function accountOf({ body }: GenericEndpointContext): string | undefined {
  const email = typeof body?.email === "string" ? normalizeEmail(resolveAliases(body.email)) : undefined;
  return email && emailKey(email);
}

/** Returns the id of the client's device, if it has signed in to this account before. */
async function knownDevice(context: GenericEndpointContext, email: string): Promise<string | undefined> {
  const value = await context.getSignedCookie(deviceCookie(context).name, context.context.secret);
  const [account, device] = value ? value.split(".") : [];
  return account === fingerprint(email).slice(0, 32) ? device : undefined;
}

const deviceCookie = ({ context }: GenericEndpointContext) =>
  context.createAuthCookie("known_device", { maxAge: KNOWN_DEVICE_MS / 1_000 });

/** A hash, because texts of a client can be long and can hold characters that PostgreSQL cannot store. */
const bucketOf = (key: unknown[]) => `auth:${fingerprint(key).slice(0, 40)}`;
