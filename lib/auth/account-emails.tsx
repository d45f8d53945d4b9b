import { HOUR, now } from "../clock";
import { composeEmail } from "../email/compose-email";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { emailKey } from "../email-key";
import { appEnv } from "../env";
import { fingerprint } from "../ids";
import { acquireSlot, type RateLimit } from "../rate-limit";
import { resolveAliases } from "./email-alias";

/** The owner of an account, as better-auth passes it to its callbacks. */
interface AccountOwner {
  id: string;
  email: string;
  name: string;
  emailVerified: boolean;
}

type AccountEmailKind =
  | "verify_email"
  | "account_exists"
  | "password_reset"
  | "password_changed"
  | "email_change"
  | "account_deletion";

/**
 * Emails of one kind to one mailbox. Above this limit nothing is sent and the answer is the same: the links of the earlier
 * emails are still valid. The limit is far above what one client can have sent, so a stranger cannot use it up (see throttle.ts).
 */
const PER_MAILBOX: RateLimit = { count: 20, periodMs: HOUR };

/** A workflow sends the email, because a request never waits for email. */
async function queue(kind: AccountEmailKind, email: string, entityId: string, composed: Composed): Promise<void> {
  const to = resolveAliases(email);
  if ((await acquireSlot(`account-email:${kind}:${emailKey(to)}`, PER_MAILBOX)) === undefined) return;
  await queueEmail({ kind, entityId, to }, () => composed);
}

/** Distinguishes the emails of an account by their link. */
const entityOf = ({ id }: AccountOwner, url: string) => `${id}:${fingerprint(url).slice(0, 16)}`;

/** Queues the email with the link that verifies an address, of a new account or of a changed one. */
export const queueVerificationEmail = (user: AccountOwner, url: string): Promise<void> =>
  queue("verify_email", user.email, entityOf(user, url), verifyEmail(url));

/** Queues the email with the link to choose a password. Whoever opens it has the mailbox, so it also verifies the address. */
export const queuePasswordEmail = (user: AccountOwner, url: string): Promise<void> =>
  queue("password_reset", user.email, entityOf(user, url), passwordReset(user.emailVerified ? user.name : null, url));

/** Queues the email about a sign-up with the address of an account. The page does not reveal that there is one. */
export const queueAccountExistsEmail = (user: AccountOwner): Promise<void> =>
  queue(
    "account_exists",
    user.email,
    `${user.id}:${Math.floor(now().getTime() / HOUR)}`,
    accountExists(user.name, appEnv().APP_URL),
  );

/** Queues the email that notifies an account's owner of a new password. */
export const queuePasswordChangedEmail = (user: AccountOwner): Promise<void> =>
  queue("password_changed", user.email, `${user.id}:${now().getTime()}`, passwordChanged(user.name, appEnv().APP_URL));

/** Queues the email to the current address, whose link allows the change to `newEmail`. */
export const queueEmailChangeEmail = (user: AccountOwner, newEmail: string, url: string): Promise<void> =>
  queue("email_change", user.email, entityOf(user, url), emailChange(user.name, resolveAliases(newEmail), url));

/** Queues the email with the link that deletes an account. */
export const queueDeletionEmail = (user: AccountOwner, url: string): Promise<void> =>
  queue("account_deletion", user.email, entityOf(user, url), accountDeletion(user.name, url));

interface AccountText {
  subject: string;
  preview: string;
  /** Null for an address that is not verified: its owner has not typed the name. */
  name: string | null;
  text: string;
  link: { href: string; label: string };
}

const accountEmail = ({ text, link, ...frame }: AccountText): Composed =>
  composeEmail(
    {
      reason: "You get this email because of an account with this address, or a request for one.",
      ...{ ...frame, action: link.label, href: link.href },
    },
    text,
  );

/** It has no text of the person who asked for it, because that may be a stranger. */
export const verifyEmail = (url: string): Composed =>
  accountEmail({
    subject: "Confirm your email address",
    preview: "The link is good for one day.",
    name: null,
    text: "Open this link to confirm that this address is yours. It is good for one day. If you did not ask for it, there is nothing to do: without it, nobody can use this address in our shop.",
    link: { href: url, label: "Confirm this address" },
  });

export const passwordReset = (name: string | null, url: string): Composed =>
  accountEmail({
    subject: "Choose a new password",
    preview: "The link is good for one hour.",
    name,
    text: "Somebody, hopefully you, asked to choose a new password for this address. The link is good for one hour, and once. If it was not you, there is nothing to do: your password stays as it is.",
    link: { href: url, label: "Choose a new password" },
  });

export const accountExists = (name: string, shopUrl: string): Composed =>
  accountEmail({
    subject: "You already have an account",
    preview: "Sign in, or choose a new password.",
    name,
    text: "Somebody, hopefully you, tried to open an account with this address. You have one already: sign in, or choose a new password on the same page. If it was not you, there is nothing to do.",
    link: { href: `${shopUrl}/sign-in`, label: "Sign in" },
  });

export const passwordChanged = (name: string, shopUrl: string): Composed =>
  accountEmail({
    subject: "Your password was changed",
    preview: "All other devices are signed out.",
    name,
    text: "The password of your account was changed, and all other devices are signed out. If it was not you, choose a new password now.",
    link: { href: `${shopUrl}/forgot-password`, label: "It was not me" },
  });

export const emailChange = (name: string, newEmail: string, url: string): Composed =>
  accountEmail({
    subject: "Change the email address of your account",
    preview: "The link is good for one day.",
    name,
    text: `Your account shall get a new address, ${newEmail}. Open this link to allow it. We then send a link to the new address, and the change is made when that is opened. If it was not you, do not open the link, and choose a new password.`,
    link: { href: url, label: "Allow the change" },
  });

export const accountDeletion = (name: string, url: string): Composed =>
  accountEmail({
    subject: "Delete your account",
    preview: "The link is good for one day.",
    name,
    text: "Open this link in the browser in which you are signed in, and your account is deleted at once. Your subscription ends without a refund. We store your orders as long as the law demands. If it was not you, do not open the link, and choose a new password.",
    link: { href: url, label: "Delete my account" },
  });
