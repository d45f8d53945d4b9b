import pg from "pg";
import type { FindSubjects, Subject } from "./shared/subject";

/** The ids by which an event, a payment or an email names an order. */
const IDS = /(?<=")(?:ord|ref|shp|email|pi)_\w+(?=")/g;

/** The order of each id. An email's `entity_id` is the id of an order, a refund or a shipment, which a suffix may follow. */
const ORDERS = `
  WITH sent AS (SELECT id, split_part(entity_id, ':', 1) AS entity FROM emails WHERE id = ANY($1)),
  found AS (
    SELECT id AS ref, id AS order_id FROM orders WHERE id = ANY($1)
    UNION SELECT id, order_id FROM refunds WHERE id = ANY($1)
    UNION SELECT id, order_id FROM shipments WHERE id = ANY($1)
    UNION SELECT intent_id, order_id FROM payments WHERE intent_id = ANY($1)
    UNION SELECT id, entity FROM sent
    UNION SELECT sent.id, order_id FROM sent JOIN refunds r ON r.id = entity
    UNION SELECT sent.id, order_id FROM sent JOIN shipments s ON s.id = entity)
  SELECT ref, o.id, o.number::text, o.email, o.name FROM found JOIN orders o ON o.id = found.order_id`;

interface Row {
  ref: string;
  id: string;
  number: string;
  email: string;
  name: string | null;
}

/** Ids with their subjects. None of them changes. It is emptied beyond this. */
const MAX_KNOWN = 100_000;

/** Finds the order that data is about in the database of the app. This is all that the local services know of orders. */
export function orderSubjects(app: string, database: string, log: (line: string) => void): FindSubjects {
  const known = new Map<string, Subject | undefined>();
  const load = async (ids: string[]) => {
    const client = new pg.Client({ connectionString: database });
    try {
      await client.connect();
      const { rows } = await client.query<Row>(ORDERS, [ids]);
      for (const id of ids) known.set(id, undefined);
      for (const { ref, id, number, email, name } of rows)
        known.set(ref, {
          label: `Order ${number}`,
          url: `${app}/console/orders/${id}`,
          text: [number, id, email, name].join(" "),
        });
    } finally {
      await client.end();
    }
  };
  return async (data) => {
    const idsOfEach = data.map((one) => JSON.stringify(one)?.match(IDS) ?? []);
    if (known.size > MAX_KNOWN) known.clear();
    const unknown = [...new Set(idsOfEach.flat())].filter((id) => !known.has(id));
    if (unknown.length > 0) await load(unknown).catch((error) => log(`orders of the local pages: ${error}`));
    return idsOfEach.map((ids) => ids.map((id) => known.get(id)).find((subject) => subject !== undefined));
  };
}
