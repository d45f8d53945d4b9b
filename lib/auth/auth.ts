import { betterAuth, type GenericEndpointContext } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { nextCookies } from "better-auth/next-js";
import { db } from "../db";
import { normalizeEmail } from "../email-address";
import { appEnv, authEnv } from "../env";
import { AppError } from "../errors";
import { newId } from "../ids";
import { log } from "../log";
import { safeRedirect } from "../safe-redirect";
import { isPlainText, personNameSchema } from "../text";
import {
  queueAccountExistsEmail,
  queueDeletionEmail,
  queueEmailChangeEmail,
  queuePasswordChangedEmail,
  queuePasswordEmail,
  queueVerificationEmail,
} from "./account-emails";
import { apiKeyPlugin, isWrongKey, PLUGIN_ROUTES } from "./api-key-plugin";
import { aliasOf, hasAlias, resolveAliases, withoutAliases } from "./email-alias";
import { checkDeletion, eraseAccount } from "./erase-account";
import { isCommonPassword } from "./password-policy";
import { completeEmailChange, completeRegistration, verifyByReset } from "./registration";
import { COOKIE_PREFIX } from "./session-cookie";
import { recordSuccess, throttle } from "./throttle";

/** better-auth manages accounts, sessions and passwords. */
export type Auth = ReturnType<typeof create>;

let instance: Auth | undefined;

export function auth(): Auth {
  instance ??= create();
  return instance;
}

/** The page to which the link that verifies an address leads, unless the request names another one. */
const AFTER_VERIFICATION = "/sign-in?verified=1";

const VERIFICATION_SECONDS = 24 * 60 * 60;

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
      // Without it there is no session. It also makes the answer to a sign-up the same for a known address.
      requireEmailVerification: true,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url }) => queuePasswordEmail(user, url),
      onExistingUserSignUp: ({ user }) => notifyExistingUser(user),
      async onPasswordReset({ user }) {
        await endLinks(user.id);
        await verifyByReset(user.id);
        await queuePasswordChangedEmail(user);
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      // A link that a stranger sends must not sign its reader in to the stranger's account.
      autoSignInAfterVerification: false,
      expiresIn: VERIFICATION_SECONDS,
      sendVerificationEmail: ({ user, url }) => queueVerificationEmail(user, withPage(url)),
      async afterEmailVerification({ id, email }, request) {
        const former = request && formerEmail(request);
        if (former && former !== resolveAliases(email)) await completeEmailChange(id, former);
        else await completeRegistration(id);
      },
    },
    // A link from a backup of the database is of no use.
    verification: { storeIdentifier: "hashed" },
    // A profile is changed through /api/account, which publishes the change. The others belong to ways to sign in that we do not
    // offer.
    disabledPaths: [
      "/update-user",
      "/update-session",
      ...PLUGIN_ROUTES,
      ...["/sign-in/social", "/link-social", "/unlink-account", "/get-access-token", "/refresh-token", "/account-info"],
    ],
    user: {
      // The owner of the current address allows it, then the owner of the new one.
      changeEmail: {
        enabled: true,
        sendChangeEmailConfirmation: ({ user, newEmail, url }) => queueEmailChangeEmail(user, newEmail, withPage(url)),
      },
      deleteUser: {
        enabled: true,
        sendDeleteAccountVerification: ({ user, url }) => queueDeletionEmail(user, url),
        beforeDelete: (user) => asApiError(() => eraseAccount(resolveAliases(user))),
      },
      additionalFields: { role: { type: "string", input: false, defaultValue: "customer" } },
    },
    advanced: {
      database: { generateId: ({ model }) => newId(model === "user" ? "usr" : model.slice(0, 3)) },
      // Nothing reads the address of a session, and better-auth believes the client's own header.
      ipAddress: { disableIpTracking: true },
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: appEnv().APP_URL.startsWith("https:"),
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true },
    },
    // better-auth's own limiter counts in memory and by address only. Ours counts in the database, and by account too.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { log: (level, message, ...more) => log[isWrongKey(message) ? "debug" : level]({ more }, message) },
    // The last one lets a server action sign a user in: it passes the cookies on to Next.js.
    plugins: [apiKeyPlugin(), nextCookies()],
    hooks: {
      before: createAuthMiddleware(async (context) => {
        const { path, body, query } = context;
        checkText(body);
        checkReturnPaths(body);
        checkReturnPaths(query);
        if (path === "/sign-up/email") checkName(body?.name);
        await throttle(context);
        await checkPassword(context);
        if (path === "/delete-user") await refuseDeletion(context);
        const changes = {
          ...withAlias(body, "email"),
          ...withAlias(body, "newEmail"),
          // A session that somebody else may have ends with the old password, whatever the request says.
          ...(path === "/change-password" && { revokeOtherSessions: true }),
        };
        if (Object.keys(changes).length > 0) return { context: { body: { ...body, ...changes } } };
      }),
      after: createAuthMiddleware(async (context) => {
        const { path, context: inner, json } = context;
        const { returned } = inner as { returned?: unknown };
        if (returned instanceof Error) return;
        await recordSuccess(context);
        if (path === "/change-password" && inner.session) {
          await endLinks(inner.session.user.id);
          await queuePasswordChangedEmail(inner.session.user);
        }
        if (typeof returned === "object" && hasAlias(returned)) return json(resolveAliases(returned));
      }),
    },
    databaseHooks: {
      // The shop shows no pictures of users, and an address of a stranger's server does not belong into the database.
      user: {
        create: {
          before: async (user) => ({ data: { ...user, name: personNameSchema.parse(user.name), image: null } }),
        },
        // `eraseAccount` has deleted what can be deleted. The row stays.
        delete: { before: async () => false },
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

/** Returns the field of an email address as better-auth accepts it. It refuses the empty one as its own schemas do. */
function withAlias(body: Record<string, unknown> | undefined, field: string): Record<string, string> {
  if (typeof body?.[field] !== "string") return {};
  const email = normalizeEmail(body[field]);
  return { [field]: email === undefined ? "" : aliasOf(email) };
}

/** A link without a page to lead to has better-auth's default, the home page, which does not say what has happened. */
function withPage(link: string): string {
  const url = new URL(link);
  if (url.searchParams.get("callbackURL") === "/") url.searchParams.set("callbackURL", AFTER_VERIFICATION);
  return url.href;
}

/** Returns the former address that a link names, which better-auth has checked by then, if it is one to change the address. */
function formerEmail({ url }: Request): string | undefined {
  const [, content = ""] = new URL(url).searchParams.get("token")?.split(".") ?? [];
  const { email, updateTo } = JSON.parse(Buffer.from(content, "base64url").toString() || "{}");
  return typeof email === "string" && updateTo ? resolveAliases(email) : undefined;
}

/** Refuses to delete an account before its owner gets the email with the link, which runs the same checks again. */
async function refuseDeletion(context: GenericEndpointContext): Promise<void> {
  const session = await getSessionFromCtx(context);
  if (session) await asApiError(() => checkDeletion(session.user.id));
}

/** better-auth answers only its own errors as they are. */
async function asApiError(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError && error.status === 409)
      throw new APIError("CONFLICT", { code: error.code.toUpperCase(), message: error.message });
    throw error;
  }
}

/** Ends the links with which a user, or somebody in their mailbox, can choose a password or delete the account. */
async function endLinks(userId: string): Promise<void> {
  await db().verification.deleteMany({ where: { value: userId } });
}

/** The page of a sign-up says the same for a known address. Its owner reads in an email what to do. */
async function notifyExistingUser(user: Parameters<typeof queueAccountExistsEmail>[0]): Promise<void> {
  if (user.emailVerified) return queueAccountExistsEmail(user);
  // Somebody else may have chosen the password of the account. The link has its reader choose one, and verifies the address.
  await auth().api.requestPasswordReset({ body: { email: resolveAliases(user.email), redirectTo: "/reset-password" } });
}

/** better-auth accepts any text as a name. */
function checkName(name: unknown): void {
  if (typeof name === "string" && !personNameSchema.safeParse(name).success)
    throw invalidField("name", "must be one line of 1 to 200 characters");
}

/** Refuses a common password wherever one is chosen. */
async function checkPassword(context: GenericEndpointContext): Promise<void> {
  const { path, body } = context;
  const field = path === "/sign-up/email" ? "password" : "newPassword";
  const password: unknown = body?.[field];
  if (!["/sign-up/email", "/reset-password", "/change-password"].includes(path ?? "") || typeof password !== "string")
    return;
  const { email, name } = path === "/sign-up/email" ? body : ((await ownerOf(context)) ?? {});
  const known = [resolveAliases(email), name].filter((word) => typeof word === "string");
  if (isCommonPassword(password, known))
    throw invalidField(field, "is one of the first that others would guess; choose another one", "password");
}

/** Returns the user whose password a request changes: that of the session, or of the reset link. */
async function ownerOf(context: GenericEndpointContext): Promise<{ email: string; name: string } | undefined> {
  if (context.path === "/change-password") return (await getSessionFromCtx(context))?.user;
  const { internalAdapter } = context.context;
  const link = await internalAdapter.findVerificationValue(`reset-password:${context.body?.token}`);
  return (link && (await internalAdapter.findUserById(link.value))) ?? undefined;
}

const invalidField = (path: string, message: string, label = `field ${path}`) =>
  new APIError("UNPROCESSABLE_ENTITY", {
    code: "VALIDATION_FAILED",
    message: `The ${label} ${message}.`,
    errors: [{ path, message }],
  });
