import pg from "pg";
import { Shopper } from "../shopper";
import type { StackInfo } from "../stack-file";
import type { Session } from "./session";

const DAY = 86_400_000;
const DAYS = 14;

/** Two weeks behind the shop, so that its charts have something to say: orders of each day, reports, an experiment. */
export async function giveHistory(stack: StackInfo, manager: Session): Promise<void> {
  const client = new pg.Pool({ connectionString: stack.database });
  try {
    await sellForTwoWeeks(stack, client);
    await keepReports(manager, client);
    await tryOutSubjects(client);
    await leaveATask(client);
  } finally {
    await client.end();
  }
}

/** Orders like all others; then their day is made an earlier one. */
async function sellForTwoWeeks({ app, mailbox }: StackInfo, client: pg.Pool): Promise<void> {
  const shopper = new Shopper(app, mailbox);
  const orders = Array.from({ length: 2 * DAYS }, (_, n) => ({
    ago: 1 + (n % (DAYS - 1)),
    product: 1 + ((n * 7) % 34),
    n,
  }));
  await Promise.all(
    orders.map(async ({ ago, product, n }) => {
      const { order } = await shopper.checkout({
        items: [{ productId: `prod_${String(product).padStart(3, "0")}`, quantity: 1 + (n % 2) }],
        ...{ email: `regular${n}@customers.example`, paymentMethod: "pm_card_visa" },
      });
      if (!order) return;
      await shopper.reaches(order, ["confirmed"]);
      await client.query("UPDATE orders SET created_at = created_at - $2 * interval '1 ms' WHERE id = $1", [
        order.id,
        ago * DAY,
      ]);
      await client.query("UPDATE order_events SET at = at - $2 * interval '1 ms' WHERE order_id = $1", [
        order.id,
        ago * DAY,
      ]);
    }),
  );
}

async function keepReports(manager: Session, client: pg.Pool): Promise<void> {
  for (let ago = DAYS; ago > 0; ago--) {
    const date = new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);
    const report = await manager.get<Record<string, string>>(`/api/admin/reports/daily?date=${date}`);
    await client.query(
      `INSERT INTO daily_reports (date, time_zone, "from", until, report, csv, created_at)
       VALUES ($1, $2, $3, $4, $5, '', now()) ON CONFLICT (date) DO NOTHING`,
      [date, report.timeZone, report.from, report.until, JSON.stringify(report)],
    );
  }
}

/** Every customer of the seed was welcomed a while ago, under one of two subjects. */
async function tryOutSubjects(client: pg.Pool): Promise<void> {
  await client.query(`
    INSERT INTO mails (id, kind, entity_id, recipient, category, subject, html, text, status, created_at, sent_at)
    SELECT 'mail_' || id, 'drip_welcome', id, email, 'marketing', 'Welcome to Steadfast, ' || name, '', '', 'sent', created_at, created_at
    FROM users WHERE id ~ '^usr_[0-9]+$'`);
  await client.query(`
    INSERT INTO experiment_exposures (experiment_id, user_id, variant, mail_id, at)
    SELECT 'welcome-subject', entity_id, (ARRAY['hello', 'next-step'])[1 + right(id, 1)::int % 2], id, sent_at FROM mails
    WHERE id ~ '^mail_usr_[0-9]+$'`);
  await client.query(`
    INSERT INTO mail_events (mail_id, type, at) SELECT e.mail_id, what.type::mail_event_type, e.at
    FROM experiment_exposures e JOIN (VALUES ('opened', 5), ('clicked', 9)) what(type, least)
      ON (substr(md5(e.mail_id), 1, 2) < (CASE e.variant WHEN 'hello' THEN '66' ELSE '99' END) AND what.type = 'opened')
      OR (substr(md5(e.mail_id), 1, 2) < (CASE e.variant WHEN 'hello' THEN '1a' ELSE '2a' END) AND what.type = 'clicked')
    WHERE e.mail_id ~ '^mail_usr_[0-9]+$'`);
}

/** An import that took too long and waits for a person. */
async function leaveATask(client: pg.Pool): Promise<void> {
  const problem = {
    code: "took_too_long",
    message: "The import was worked on for 15 minutes without coming to its end.",
  };
  await client.query(
    `INSERT INTO imports (id, type, url, status, created_by, problem, length, fetched, columns, created_at, progressed_at)
     VALUES ('imp_slow', 'stock', 'https://supplier.example/stock.csv', 'manual', 'usr_manager', $1, 9000000, 4100000, '{}', now(), now())`,
    [JSON.stringify(problem)],
  );
  await client.query(
    "INSERT INTO manual_queue (id, kind, entity_id, cause, created_at) VALUES ('task_slow', 'import', 'imp_slow', $1, now())",
    [JSON.stringify(problem)],
  );
}
