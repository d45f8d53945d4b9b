import type { ReactNode } from "react";
import { Layout } from "../email/layout";
import { Action, Bullets, Greeting, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";
import type { Activity, DripKind } from "./drip-policy";
import type { Progress } from "./progress";

/** The reader of an email of the drip campaign. */
export interface DripReader {
  name: string;
  progress: Progress;
  activity: Activity;
  shopUrl: string;
  accountUrl: string;
  unsubscribe?: string;
}

/** The emails of the drip campaign. An experiment (lib/experiments) can vary a subject; `{name}` is the reader's name. */
export const DRIP_EMAILS: Record<DripKind, { subject: string; body(reader: DripReader): Composed["body"] }> = {
  welcome: { subject: "Welcome to Steadfast, {name}", body: welcome },
  getting_started: { subject: "{name}, two minutes that make your next order quick", body: gettingStarted },
  features: { subject: "What Steadfast does while you do something else", body: features },
  check_in: { subject: "How is it going, {name}?", body: checkIn },
};

function Frame(frame: { reader: DripReader; preview: string; title: string; children: ReactNode }) {
  const { reader, children, ...rest } = frame;
  const reason = "You get this email because you opened an account with this address.";
  return (
    <Layout {...rest} reason={reason} unsubscribe={reader.unsubscribe}>
      <Greeting name={reader.name} />
      {children}
    </Layout>
  );
}

function welcome(reader: DripReader) {
  return (
    <Frame reader={reader} preview="Your account is ready." title="Good to have you here">
      <Paragraph>Your account is ready. Put what you like into the cart, and we see to the rest.</Paragraph>
      <Action href={reader.shopUrl}>Look around</Action>
    </Frame>
  );
}

function gettingStarted(reader: DripReader) {
  return (
    <Frame reader={reader} preview="Where may we send your orders?" title="Make yourself at home">
      <Paragraph>With two things in your account, the checkout fills itself in:</Paragraph>
      <Bullets items={["your name, as it should appear on a parcel", "your shipping address"]} />
      {reader.progress.first_order ? (
        <Paragraph>You have ordered already: with these, the next order takes a minute.</Paragraph>
      ) : null}
      <Action href={reader.accountUrl}>Complete your profile</Action>
    </Frame>
  );
}

function features(reader: DripReader) {
  return (
    <Frame reader={reader} preview="Reserved, charged once, tracked." title="What we do while you do something else">
      <Paragraph>When you order, this happens without you:</Paragraph>
      <Bullets
        items={[
          "Your items are reserved before anything is charged, so they cannot sell out under you.",
          "You are charged once, and if anything goes wrong you get a full refund.",
          "You can follow every order, and cancel it until it is on its way.",
        ]}
      />
      <Action href={reader.shopUrl}>{reader.progress.first_visit ? "Continue shopping" : "See our products"}</Action>
    </Frame>
  );
}

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

function checkIn(reader: DripReader) {
  const { title, text, action, to } = CHECK_INS[reader.activity];
  return (
    <Frame reader={reader} preview={title} title={title}>
      <Paragraph>{text}</Paragraph>
      <Action href={reader[to]}>{action}</Action>
    </Frame>
  );
}
