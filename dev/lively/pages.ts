import { cookie } from "./session";
import type { LivelyShop } from "./shop";

/** A page as somebody sees it. */
export interface Sight {
  name: string;
  url: string;
  cookies: LivelyShop["manager"]["storageState"]["cookies"];
}

/** Every page that there is, in each of the states that it looks different in. */
export function everyPage({ stack, customer, manager, orders, work, links, mailId, runId }: LivelyShop): Sight[] {
  const { app, mailbox, inngest, stripe } = stack;
  const cart = cookie(
    app,
    `steadfast_cart=${encodeURIComponent(
      JSON.stringify([
        { productId: "prod_001", quantity: 2 },
        { productId: "prod_023", quantity: 500 },
      ]),
    )}`,
  );
  const order = ({ id, token }: { id: string; token: string }) => `/orders/${id}?token=${token}`;
  const anybody: Record<string, string> = {
    shop: "/",
    "search-typo": "/?q=kettel",
    "search-nothing": "/?q=zzzzzz",
    product: "/products/prod_001",
    "product-sold-out": "/products/prod_040",
    "cart-empty": "/cart",
    "sign-in": "/sign-in",
    "sign-up": "/sign-up",
    "forgot-password": "/forgot-password",
    "forgot-password-sent": "/forgot-password?sent=1",
    "reset-password": "/reset-password?token=one",
    "reset-password-refused": "/reset-password?error=INVALID_TOKEN",
    "not-found": "/there/is/nothing",
    ...Object.fromEntries(Object.entries(orders).map(([end, placed]) => [`order-${end}`, order(placed)])),
    "approval-asked": work.approval.open,
    "approval-decided": work.approval.decided,
    "approval-refused": "/approvals/nonsense",
    billing: links.billing,
    unsubscribe: links.unsubscribe,
    unsubscribed: links.unsubscribed,
    inbox: `${mailbox}/`,
    mail: `${mailbox}/inbox/${mailId}`,
    outbox: `${mailbox}/outbox`,
    runs: `${inngest}/`,
    run: `${inngest}/runs/${runId}`,
    events: `${inngest}/events`,
    functions: `${inngest}/functions`,
    payments: `${stripe}/`,
  };
  const operators: Record<string, string> = {
    console: "",
    "console-orders": "/orders",
    "console-orders-none": "/orders?q=zzzzzz",
    ...Object.fromEntries(Object.entries(orders).map(([end, { id }]) => [`console-order-${end}`, `/orders/${id}`])),
    "console-products": "/products",
    "console-customers": "/customers",
    "console-customers-none": "/customers?q=zzzzzz",
    "console-approvals": "/approvals",
    "console-broadcasts": "/broadcasts",
    "console-broadcast": `/broadcasts/${work.broadcastId}`,
    "console-imports": "/imports",
    "console-import": `/imports/${work.importId}`,
    "console-manual-queue": "/manual-queue",
    "console-partners": "/partners",
    "console-partner": `/partners/${work.endpointId}`,
    "console-experiments": "/experiments",
    "console-reports": "/reports",
    "console-emails": "/emails",
    "console-emails-none": "/emails?to=nobody@nowhere.example",
  };
  const sights = (pages: Record<string, string>, cookies: Sight["cookies"], prefix = ""): Sight[] =>
    Object.entries(pages).map(([name, path]) => ({ name, url: new URL(prefix + path, app).href, cookies }));
  return [
    ...sights(anybody, []),
    ...sights({ cart: "/cart", checkout: "/checkout" }, [cart]),
    ...sights({ account: "/account" }, customer.storageState.cookies),
    ...sights(operators, manager.storageState.cookies, "/console"),
  ];
}
