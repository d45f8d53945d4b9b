import { ENDS } from "./orders";
import { cookie, type Session } from "./session";
import type { LivelyShop } from "./shop";

type Cookies = Session["storageState"]["cookies"];
type Place = (shop: LivelyShop) => string;

/** A page as somebody sees it. */
export interface Sight {
  name: string;
  url: Place;
  cookies: (shop: LivelyShop) => Cookies;
}

const within =
  (path: string): Place =>
  ({ stack }) =>
    `${stack.app}${path}`;

/** The pages that anybody can open. */
const ANYBODY: Record<string, Place> = {
  shop: within("/"),
  "search-typo": within("/?q=kettel"),
  "search-nothing": within("/?q=zzzzzz"),
  product: within("/products/prod_001"),
  "product-sold-out": within("/products/prod_040"),
  "cart-empty": within("/cart"),
  "sign-in": within("/sign-in"),
  "sign-up": within("/sign-up"),
  "forgot-password": within("/forgot-password"),
  "forgot-password-sent": within("/forgot-password?sent=1"),
  "reset-password": within("/reset-password?token=one"),
  "reset-password-refused": within("/reset-password?error=INVALID_TOKEN"),
  "not-found": within("/there/is/nothing"),
  "product-not-found": within("/products/nothing"),
  ...Object.fromEntries(
    ENDS.map((end): [string, Place] => [
      `order-${end}`,
      ({ stack, orders }) => `${stack.app}/orders/${orders[end].id}?token=${orders[end].token}`,
    ]),
  ),
  "approval-asked": ({ work }) => work.approval.open,
  "approval-decided": ({ work }) => work.approval.decided,
  "approval-refused": within("/approvals/nonsense"),
  billing: ({ links }) => links.billing,
  unsubscribe: ({ links }) => links.unsubscribe,
  unsubscribed: ({ links }) => links.unsubscribed,
  inbox: ({ stack }) => `${stack.mailbox}/`,
  "inbox-nothing": ({ stack }) => `${stack.mailbox}/?to=nobody@nowhere.example`,
  mail: ({ stack, mailId }) => `${stack.mailbox}/inbox/${mailId}`,
  outbox: ({ stack }) => `${stack.mailbox}/outbox`,
  payments: ({ stack }) => `${stack.stripe}/`,
};

/** The pages of the engine; another Inngest server has its own. */
const ENGINE: Record<string, Place> = {
  runs: ({ stack }) => `${stack.inngest}/`,
  run: ({ stack, runId }) => `${stack.inngest}/runs/${runId}`,
  events: ({ stack }) => `${stack.inngest}/events`,
  functions: ({ stack }) => `${stack.inngest}/functions`,
};

const console = (path: string): Place => within(`/console${path}`);

/** The pages of the operators. */
const OPERATORS: Record<string, Place> = {
  console: console(""),
  "console-orders": console("/orders"),
  "console-orders-held": console("/orders?status=held"),
  "console-orders-nothing": console("/orders?q=zzzzzz"),
  "console-order-not-found": console("/orders/nothing"),
  ...Object.fromEntries(
    ENDS.map((end): [string, Place] => [
      `console-order-${end}`,
      ({ stack, orders }) => `${stack.app}/console/orders/${orders[end].id}`,
    ]),
  ),
  "console-products": console("/products"),
  "console-customers": console("/customers"),
  "console-customers-nothing": console("/customers?q=zzzzzz"),
  "console-customer": console("/customers/usr_manager"),
  "console-approvals": console("/approvals"),
  "console-broadcasts": console("/broadcasts"),
  "console-broadcast": ({ stack, work }) => `${stack.app}/console/broadcasts/${work.broadcastId}`,
  "console-imports": console("/imports"),
  "console-import": ({ stack, work }) => `${stack.app}/console/imports/${work.importId}`,
  "console-manual-queue": console("/manual-queue"),
  "console-manual-queue-nothing": console("/manual-queue?status=resolved"),
  "console-webhooks": console("/webhooks"),
  "console-deliveries": ({ stack, work }) => `${stack.app}/console/webhooks/${work.endpointId}`,
  "console-delivery": ({ stack, work }) => `${stack.app}/console/webhooks/${work.endpointId}/${work.deliveryId}`,
  "console-experiments": console("/experiments"),
  "console-reports": console("/reports"),
  "console-emails": console("/emails"),
  "console-emails-nothing": console("/emails?to=nobody@nowhere.example"),
};

/** What somebody has in their cart: as many of two products. */
const holding =
  (mugs: number, lamps: number): Sight["cookies"] =>
  ({ stack }) => {
    const cart = [
      { productId: "prod_001", quantity: mugs },
      { productId: "prod_023", quantity: lamps },
    ];
    return [cookie(stack.app, `steadfast_cart=${encodeURIComponent(JSON.stringify(cart))}`)];
  };

const sights = (pages: Record<string, Place>, cookies: Sight["cookies"]): Sight[] =>
  Object.entries(pages).map(([name, url]) => ({ name, url, cookies }));

/** Every page that there is, in each of the states that it looks different in. */
export const EVERY_PAGE: Sight[] = [
  ...sights({ ...ANYBODY, ...(process.env.INNGEST_BASE_URL ? {} : ENGINE) }, () => []),
  ...sights({ cart: within("/cart"), checkout: within("/checkout") }, holding(2, 1)),
  ...sights({ "cart-short": within("/cart") }, holding(2, 500)),
  ...sights({ account: within("/account") }, ({ customer }) => customer.storageState.cookies),
  ...sights(OPERATORS, ({ manager }) => manager.storageState.cookies),
];
