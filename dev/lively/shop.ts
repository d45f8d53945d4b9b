import { Shopper } from "../shopper";
import type { StackInfo } from "../stack-file";
import { giveHistory } from "./history";
import { operate, type Work } from "./operations";
import { type Ends, placeOrders } from "./orders";
import { type Session, signIn, signUp } from "./session";

/** A shop with some life in it, and where to look at it. */
export interface LivelyShop {
  stack: StackInfo;
  customer: Session;
  manager: Session;
  orders: Ends;
  work: Work;
  /** Links in mails: to settle a charge that was declined, and to two subscriptions of the same kind of mail. */
  links: { billing: string; unsubscribe: string; unsubscribed: string };
  /** The id of a mail in the mailbox, and of the run that processed an order. */
  mailId: string;
  runId: string;
}

/** What the app has to be told so that one order is held for a manager and many can be placed at once. */
export const LIVELY_ENV = { REVIEW_HOLD: "1", CHECKOUTS_PER_MINUTE: "1000" };

/** Fills a running stack that was started with `LIVELY_ENV`; takes some tens of seconds. */
export async function makeLively(stack: StackInfo): Promise<LivelyShop> {
  const { app, mailbox, inngest } = stack;
  const [manager, customer] = [await signIn(stack, "manager"), await signIn(stack, "customer")];
  let orders: Ends | undefined;
  const work = await operate(stack, manager, customer, async () => {
    orders = await placeOrders(stack, manager, customer);
    await giveHistory(stack, manager);
  });
  if (!orders) throw new Error("Nothing was ordered.");
  const shopper = new Shopper(app, mailbox);
  const broke = await signUp(app, "Uwe Jansen", "uwe.jansen@later.example");
  await broke.post("/api/account/subscription", { planId: "plan_plus", paymentMethod: "pm_card_chargeCustomerFail" });
  const due = await shopper.mail(broke.email, /payment|charge|card/i);
  const [unsubscribe, unsubscribed] = [
    await unsubscribeLink(mailbox, "ben.becker"),
    await unsubscribeLink(mailbox, "finn.fischer"),
  ];
  await fetch(unsubscribed, { method: "POST" });
  const mail = await shopper.mail("amira.almeida@customers.example", /is confirmed/);
  const page = await fetch(`${inngest}/events/${encodeURIComponent(`order-created:${orders.confirmed.id}`)}`);
  return {
    ...{ stack, customer, manager, orders, work },
    links: { billing: due.text.match(/https?:\S+\/billing\/[\w.-]+/)?.[0] ?? "", unsubscribe, unsubscribed },
    mailId: mail.id,
    runId: (await page.text()).match(/href="\/runs\/(\w+)"/)?.[1] ?? "",
  };
}

async function unsubscribeLink(mailbox: string, name: string): Promise<string> {
  const response = await fetch(`${mailbox}/messages?to=${name}@customers.example`);
  const { items }: { items: { headers: Record<string, string> }[] } = await response.json();
  const header = items.map(({ headers }) => headers["List-Unsubscribe"]).find((one) => one !== undefined);
  return (
    header?.match(/<(https?:[^>]+)>/)?.[1] ?? Promise.reject(new Error(`${name} has got no mail to unsubscribe from.`))
  );
}
