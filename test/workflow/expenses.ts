import { expect } from "vitest";
import { type Operator, signedIn } from "./operator";
import type { Shop } from "./shop";

export interface ExpenseBody {
  id: string;
  status: string;
  amount: { amount: number; currency: string };
  decision: { approved: boolean; by: { id: string; name: string } | null; via: string; note: string | null } | null;
  payout: { status: string } | null;
}

/** The functions that an expense needs. With the other crons, a week on the virtual clock would take long. */
export const EXPENSE_FUNCTIONS = ["approval-workflow", "process-payment", "deliver-queued-email"];

/** Expenses as a test sees them: the HTTP API, links of emails, transfers at Stripe. */
export interface Expenses {
  submitter: Operator;
  manager: Operator;
  other: Operator;
  submit(by: Operator, amount?: number): Promise<string>;
  read(id: string): Promise<ExpenseBody>;
  decide(by: Operator, id: string, approve: boolean): Promise<Response>;
  /** Returns the link of the last email to a manager. */
  link(to: Operator): Promise<string>;
  open(link: string): Promise<{ status: number; text: string }>;
  press(link: string, decision: string, note?: string): Promise<{ status: number; text: string }>;
  subjects(to: Operator): Promise<string[]>;
  /** Returns the transfers of an expense at Stripe; `collected` is what is not reversed. */
  sent(id: string): Promise<{ transfers: number; collected: number }>;
}

/** Creates two managers and one submitter. The seeded operators are demoted, because they would be asked too. */
export async function openExpenses(shop: Shop): Promise<Expenses> {
  await shop.sql("UPDATE users SET role = 'customer' WHERE id IN ('usr_admin', 'usr_manager')");
  const submitter = await signedIn(shop, "customer");
  const [manager, other] = [await signedIn(shop, "manager"), await signedIn(shop, "admin")];
  // Weeks pass in a test, so the sessions must last.
  await shop.sql("UPDATE sessions SET expires_at = expires_at + interval '1 year'");
  const page = async (link: string, init: RequestInit) => {
    const response = await fetch(link, { ...init, headers: { accept: "text/html", ...init.headers } });
    return { status: response.status, text: await response.text() };
  };
  return {
    submitter,
    manager,
    other,
    async submit(by, amount = 4_200) {
      const body = { amount, currency: "EUR", description: "Train to the fair" };
      return (await by.read<ExpenseBody>(by.post("/api/expenses", body), 201)).id;
    },
    async read(id) {
      const { items } = await manager.read<{ items: ExpenseBody[] }>(manager.get("/api/admin/expenses?limit=100"));
      return items.find((item) => item.id === id) ?? expect.fail(`no expense ${id}`);
    },
    decide: (by, id, approve) => by.post(`/api/admin/expenses/${id}/decision`, { approve }),
    async link(to) {
      const [email] = await shop.emails(to.email);
      return email?.text.match(/http\S+\/approvals\/\S+/)?.[0] ?? expect.fail(`no link in: ${email?.text}`);
    },
    open: (link) => page(link, {}),
    press: (link, decision, note = "") => page(link, { method: "POST", body: new URLSearchParams({ decision, note }) }),
    subjects: async (to) =>
      (await shop.emails(to.email))
        .map(({ subject }) => subject)
        .filter((subject) => subject !== "Confirm your email address")
        .reverse(),
    async sent(id) {
      const { data } = await shop.stripeApi<{
        data: { amount: number; amount_reversed: number; metadata: Record<string, string> }[];
      }>("GET", "/v1/transfers?limit=100");
      const made = data.filter(({ metadata }) => metadata.expense_id === id);
      return {
        transfers: made.length,
        collected: made.reduce((sum, one) => sum + one.amount - one.amount_reversed, 0),
      };
    },
  };
}
