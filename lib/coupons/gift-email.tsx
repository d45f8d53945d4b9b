import { Layout } from "../email/layout";
import { Action, day, Greeting, Paragraph, Quote } from "../email/parts";
import type { Composed } from "../email/render-email";

export interface Gift {
  name: string | null;
  code: string;
  percent: number;
  expiresAt: Date;
  shopUrl: string;
  unsubscribe?: string;
}

/** The email with the gift coupon for a first order. */
export function giftEmail({ name, code, percent, expiresAt, shopUrl, unsubscribe }: Gift): Composed {
  return {
    subject: `${percent}% off your next order`,
    body: (
      <Layout
        preview={`Your code is ${code}, good until ${day(expiresAt)}.`}
        reason="You get this email because you have ordered from us for the first time."
        title={`Thank you for your first order: ${percent}% off the next one`}
        unsubscribe={unsubscribe}
      >
        <Greeting name={name} />
        <Paragraph>
          It is good to have you. Enter this code at checkout, with this e-mail address, and we take {percent}% off. It
          is good for one order, until {day(expiresAt)}.
        </Paragraph>
        <Quote>
          <strong style={{ fontSize: 20, letterSpacing: 1 }}>{code}</strong>
        </Quote>
        <Action href={shopUrl}>Go to the shop</Action>
      </Layout>
    ),
  };
}
