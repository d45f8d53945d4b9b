import type { ReactNode } from "react";
import { composeEmail, type EmailContent } from "../email/compose-email";
import { Bullets } from "../email/parts";
import type { Composed } from "../email/render-email";
import type { Activity, DripKind } from "./drip-policy";
import type { Progress } from "./progress";

/** The reader of an email of the drip campaign. */
interface DripReader {
  name: string;
  progress: Progress;
  activity: Activity;
  shopUrl: string;
  accountUrl: string;
  unsubscribe?: string;
}

interface DripEmail {
  /** An experiment (lib/experiments) can vary it; `{name}` is the reader's name, `{store}` the shop's. */
  subject: string;
  content(reader: DripReader): [frame: Omit<EmailContent, "subject">, ...parts: ReactNode[]];
}

/** The texts of the check-in. */
const CHECK_INS: Record<Activity, { title: string; text: string; action: string; to: "shopUrl" | "accountUrl" }> = {
  ordered: {
    title: "Thank you for your first order",
    text: "A week ago you joined us, and you have ordered since. Is everything as you expected? If anything is not, answer this email: a person reads it.",
    action: "Open your account",
    to: "accountUrl",
  },
  looked_around: {
    title: "Did you find what you were looking for?",
    text: "A week ago you joined us and had a look around. If you are not sure about something, answer this email: a person reads it and knows the goods.",
    action: "Look again",
    to: "shopUrl",
  },
  not_back_yet: {
    title: "Is there anything we can do?",
    text: "A week ago you opened an account, and we have not seen you since. Should something have been in the way, answer this email and we will see to it.",
    action: "Have a look",
    to: "shopUrl",
  },
};

/** The emails of the drip campaign. */
export const DRIP_EMAILS: Record<DripKind, DripEmail> = {
  welcome: {
    subject: "Welcome to {store}, {name}",
    content: ({ shopUrl }) => [
      { preview: "Your account is ready.", title: "Good to have you here", action: "Look around", href: shopUrl },
      "Your account is ready. Put what you like into the cart, and we see to the rest.",
    ],
  },
  getting_started: {
    subject: "{name}, two minutes that make your next order quick",
    content: ({ progress, accountUrl: href }) => [
      {
        ...{ preview: "Where may we send your orders?", title: "Make yourself at home" },
        ...{ action: "Complete your profile", href },
      },
      "With two things in your account, the checkout fills itself in:",
      <Bullets items={["your name, as it should appear on a parcel", "your shipping address"]} key="list" />,
      progress.first_order ? "You have ordered already: with these, the next order takes a minute." : null,
    ],
  },
  features: {
    subject: "What {store} does while you do something else",
    content: ({ progress, shopUrl: href }) => [
      {
        ...{ preview: "Reserved, charged once, tracked.", title: "What we do while you do something else" },
        ...{ action: progress.first_visit ? "Continue shopping" : "See our products", href },
      },
      "When you order, this happens without you:",
      <Bullets
        items={[
          "Your items are reserved before anything is charged, so they cannot sell out under you.",
          "You are charged once, and if anything goes wrong you get a full refund.",
          "You can follow every order, and cancel it until it is on its way.",
        ]}
        key="list"
      />,
    ],
  },
  check_in: {
    subject: "How is it going, {name}?",
    content: (reader) => {
      const { title, text, action, to } = CHECK_INS[reader.activity];
      return [{ preview: title, title, action, href: reader[to] }, text];
    },
  },
};

/** Composes an email of the campaign. */
export function dripEmail(kind: DripKind, subject: string, reader: DripReader): Composed {
  const [frame, ...parts] = DRIP_EMAILS[kind].content(reader);
  const reason = "You get this email because you opened an account with this address.";
  return composeEmail({ subject, name: reader.name, reason, unsubscribe: reader.unsubscribe, ...frame }, ...parts);
}
