import { Action, Layout, Paragraph } from "./layout";
import type { Composed } from "./order-mails";

export interface Gift {
  name: string | null;
  code: string;
  percent: number;
  expiresAt: Date;
  shopUrl: string;
  unsubscribe?: string;
}

/** To a new customer: a coupon, for the first order. */
export function giftMail({ name, code, percent, expiresAt, shopUrl, unsubscribe }: Gift): Composed {
  const until = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(expiresAt);
  return {
    subject: `${percent}% off your next order`,
    body: (
      <Layout
        preview={`Your code: ${code}`}
        reason="You get this mail because you have ordered from us for the first time."
        title={`Thank you for your first order: ${percent}% off the next one`}
        unsubscribe={unsubscribe}
      >
        <Paragraph>{name ? `Hello ${name},` : "Hello,"}</Paragraph>
        <Paragraph>
          it is good to have you. Enter this code at checkout, with this e-mail address, and we take {percent}% off. It
          is good for one order, until {until}.
        </Paragraph>
        <Paragraph>
          <strong style={{ fontSize: 20, letterSpacing: 1 }}>{code}</strong>
        </Paragraph>
        <Action href={shopUrl}>Go to the shop</Action>
      </Layout>
    ),
  };
}
