import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { nextCookies } from "better-auth/next-js";
import { clientAddress } from "../client-address";
import { MINUTE } from "../clock";
import { db, transaction } from "../db";
import { normalizeEmail } from "../email-address";
import { appEnv, authEnv } from "../env";
import { AppError } from "../errors";
import { newId } from "../ids";
import { triggerUserRegistration } from "../inngest";
import { log } from "../log";
import { enforceRateLimit } from "../rate-limit";
import { safeRedirect } from "../safe-redirect";
import { isPlainText, personNameSchema } from "../text";
import { aliasOf, resolveAliases, withoutAliases } from "./email-alias";
import { queuePasswordEmail } from "./password-email";

/** better-auth manages accounts, sessions and passwords. */
export type Auth = ReturnType<typeof create>;

let instance: Auth | undefined;

export function auth(): Auth {
  instance ??= create();
  return instance;
}

/** Sign-in attempts for one account from anywhere, and from one address for any account. */
const PER_ACCOUNT = { count: 10, periodMs: 15 * MINUTE };
const PER_ADDRESS = { count: 100, periodMs: 15 * MINUTE };
/** Emails that a stranger can have sent to an account. */
const PER_RESET = { count: 3, periodMs: 60 * MINUTE };

function create() {
  return betterAuth({
    baseURL: appEnv().APP_URL,
    basePath: "/api/auth",
    secret: authEnv().AUTH_SECRET,
    database: prismaAdapter(withoutAliases(db()), { provider: "postgresql", transaction: true }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url }) => queuePasswordEmail(resolveAliases(user), url),
    },
    // A profile is changed through /api/account, which publishes the change.
    disabledPaths: ["/update-user"],
    user: { additionalFields: { role: { type: "string", input: false, defaultValue: "customer" } } },
    advanced: {
      database: { generateId: ({ model }) => newId(model === "user" ? "usr" : model.slice(0, 3)) },
      // Nothing reads the address of a session, and better-auth believes the client's own header.
      ipAddress: { disableIpTracking: true },
      cookiePrefix: "steadfast",
      useSecureCookies: appEnv().APP_URL.startsWith("https:"),
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true },
    },
    // better-auth's own limiter counts in memory and by address only. Ours counts in the database, and by account too.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { log: (level, message, ...more) => log[level]({ more }, message) },
    // Lets a server action sign a user in: it passes the cookies on to Next.js.
    plugins: [nextCookies()],
    hooks: {
      before: createAuthMiddleware(async (context) => {
        checkText(context.body);
        checkReturnPaths(context.body);
        checkReturnPaths(context.query);
        if (context.path === "/sign-up/email") checkName(context.body?.name);
        const { email } = context.body ?? {};
        if (typeof email !== "string") return throttle(context);
        const address = normalizeEmail(email);
        await throttle(context, address);
        // Without an address, better-auth refuses the request as its own schemas do.
        return { context: { body: { ...context.body, email: address === undefined ? "" : aliasOf(address) } } };
      }),
      after: createAuthMiddleware(async ({ path, context: { returned }, json }) => {
        if (path !== "/sign-in/email" || typeof returned !== "object" || returned instanceof Error) return;
        return json(resolveAliases(returned));
      }),
    },
    databaseHooks: {
      user: {
        // A crash before this loses nothing: the sweep `unpublished-registrations` publishes the event.
        create: { after: ({ id, email, name }) => triggerUserRegistration({ userId: id, email, name }) },
      },
    },
  });
}

/** The fields of better-auth that hold an address to return to. It accepts paths that a browser reads as another host. */
const RETURN_PATHS = ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"];

/** better-auth passes on text that PostgreSQL cannot store. */
function checkText(body: unknown): void {
  for (const [path, value] of Object.entries(body ?? {}))
    if (typeof value === "string" && !isPlainText(value)) throw invalidField(path, "must not hold control characters");
}

function checkReturnPaths(fields: Record<string, unknown> | undefined): void {
  for (const path of RETURN_PATHS)
    if (fields?.[path] !== undefined && !isReturnPath(fields[path]))
      throw invalidField(path, "must be a path of this shop");
}

const isReturnPath = (value: unknown): boolean =>
  typeof value === "string" && safeRedirect(value.replace(new URL(appEnv().APP_URL).origin, "")) !== undefined;

/** better-auth accepts any text as a name. */
function checkName(name: unknown): void {
  if (typeof name === "string" && !personNameSchema.safeParse(name).success)
    throw invalidField("name", "must be one line of 1 to 200 characters");
}

const invalidField = (path: string, message: string) =>
  new APIError("UNPROCESSABLE_ENTITY", {
    code: "VALIDATION_FAILED",
    message: `The field ${path} ${message}.`,
    errors: [{ path, message }],
  });

async function throttle(context: { path: string; headers?: Headers }, email?: string): Promise<void> {
  const address = context.headers ? clientAddress(context.headers) : "unknown";
  try {
    await transaction(async (tx) => {
      if (context.path === "/sign-in/email") {
        await enforceRateLimit(tx, `sign-in:address:${address}`, PER_ADDRESS);
        if (email) await enforceRateLimit(tx, `sign-in:account:${email}`, PER_ACCOUNT);
      }
      if (context.path === "/sign-up/email") await enforceRateLimit(tx, `sign-up:address:${address}`, PER_ADDRESS);
      if (context.path === "/request-password-reset" && email) await enforceRateLimit(tx, `reset:${email}`, PER_RESET);
    });
  } catch (error) {
    if (error instanceof AppError && error.status === 429)
      throw new APIError(
        "TOO_MANY_REQUESTS",
        { code: "TOO_MANY_REQUESTS", message: error.message },
        { "retry-after": String(Math.ceil(Number(error.retry) / 1_000)) },
      );
    throw error;
  }
}
