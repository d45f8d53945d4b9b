import {
  accountDeletion,
  accountExists,
  emailChange,
  passwordChanged,
  passwordReset,
  verifyEmail,
} from "@/lib/auth/account-emails";
import { giftEmail } from "@/lib/coupons/give-gifts";
import { digestEmail } from "@/lib/digest/digest-email";
import type { Compose } from "@/lib/email/send-email";
import { fillSubject } from "@/lib/experiments/experiments";
import { DRIP_EMAILS, dripEmail } from "@/lib/onboarding/drip-emails";
import type { DripKind } from "@/lib/onboarding/drip-policy";
import { ACCOUNT, type Samples, SHOP } from "./sample";

/** The broadcast as a manager enters it. */
export const BROADCAST = {
  title: "The spring catalogue is here",
  message: "Dear all,\n\nthe days are getting longer.\r\n\r\nTea & cakes <from 3 p.m.> on us.\n\nYours,\nSteadfast",
};

const at = (iso: string) => new Date(iso);

/** Samples of the emails to users, most of which are optional. */
export function readerSamples(name: string) {
  const drip =
    (
      kind: DripKind,
      more: { ordered?: boolean; activity?: "ordered" | "looked_around" | "not_back_yet" } = {},
    ): Compose =>
    ({ unsubscribe }) =>
      dripEmail(kind, fillSubject(DRIP_EMAILS[kind].subject, name), {
        ...{ name, shopUrl: SHOP, accountUrl: ACCOUNT, unsubscribe },
        activity: more.activity ?? "not_back_yet",
        progress: more.ordered ? { first_order: at("2026-03-01") } : {},
      });
  const news = [
    { title: "Order 100042", happened: ["It is confirmed.", "It is on its way."], url: `${SHOP}/orders/ord_1?token=a` },
    { title: "Order 100043", happened: ["It could not be completed."], url: `${SHOP}/orders/ord_2?token=b` },
    { title: "Train to Edinburgh, £482.50", happened: ["It is approved."], url: ACCOUNT },
  ];
  return {
    verify_email: [
      {
        about: "a new account",
        compose: () => verifyEmail(`${SHOP}/api/auth/verify-email?token=t0ken`),
        says: [`${SHOP}/api/auth/verify-email?token=t0ken`, "one day"],
      },
    ],
    account_exists: [
      {
        about: "signed up again",
        compose: () => accountExists(name, SHOP),
        says: [`${SHOP}/sign-in`, "have one already"],
      },
    ],
    password_changed: [
      { about: "changed", compose: () => passwordChanged(name, SHOP), says: [`${SHOP}/forgot-password`, "signed out"] },
    ],
    email_change: [
      {
        about: "to a new address",
        compose: () => emailChange(name, "new@customers.example", `${SHOP}/api/auth/verify-email?token=t0ken`),
        says: [`${SHOP}/api/auth/verify-email?token=t0ken`, "new@customers.example"],
      },
    ],
    account_deletion: [
      {
        about: "asked for",
        compose: () => accountDeletion(name, `${SHOP}/api/auth/delete-user/callback?token=t0ken`),
        says: [`${SHOP}/api/auth/delete-user/callback?token=t0ken`, "deleted at once"],
      },
    ],
    password_reset: [
      {
        about: "asked for",
        compose: () => passwordReset(name, `${SHOP}/reset-password?token=t0ken`),
        says: [`${SHOP}/reset-password?token=t0ken`, "one hour"],
      },
    ],
    gift_coupon: [
      {
        about: "ten percent",
        compose: ({ unsubscribe }) =>
          giftEmail({
            ...{ name, code: "GIFT-7Q4M-X2PK", percent: 10, shopUrl: SHOP, unsubscribe },
            expiresAt: at("2026-06-01T12:00:00Z"),
          }),
        says: ["GIFT-7Q4M-X2PK", "10%", "1 June 2026", SHOP],
      },
    ],
    drip_welcome: [{ about: "day 0", compose: drip("welcome"), says: [SHOP] }],
    drip_getting_started: [
      { about: "day 1", compose: drip("getting_started"), says: [ACCOUNT] },
      { about: "day 1, has ordered", compose: drip("getting_started", { ordered: true }), says: ["ordered already"] },
    ],
    drip_features: [{ about: "day 3", compose: drip("features"), says: [SHOP] }],
    drip_check_in: [
      { about: "has ordered", compose: drip("check_in", { activity: "ordered" }), says: [ACCOUNT] },
      { about: "looked around", compose: drip("check_in", { activity: "looked_around" }), says: [SHOP] },
      { about: "has not been back", compose: drip("check_in"), says: [SHOP] },
    ],
    digest: [
      {
        about: "three things",
        compose: ({ unsubscribe }) => digestEmail({ name, news, accountUrl: ACCOUNT, unsubscribe }),
        says: ["Order 100042", "Order 100043", "£482.50", ...news.map(({ url }) => url)],
      },
      {
        about: "one thing",
        compose: ({ unsubscribe }) => digestEmail({ name, news: news.slice(0, 1), accountUrl: ACCOUNT, unsubscribe }),
        says: ["Order 100042", ACCOUNT],
      },
    ],
  } satisfies Samples<
    | "verify_email"
    | "account_exists"
    | "password_changed"
    | "email_change"
    | "account_deletion"
    | "password_reset"
    | "gift_coupon"
    | "drip_welcome"
    | "drip_getting_started"
    | "drip_features"
    | "drip_check_in"
    | "digest"
  >;
}
