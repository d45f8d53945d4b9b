import { now } from "../clock";
import { db } from "../db";
import { invalid } from "../errors";
import { createImport } from "../imports/create-import";
import { createJob, jobSchema } from "../jobs/jobs";
import { withOutbox } from "../outbox";
import { webhookBody } from "../webhooks-out/events";
import { callEvent } from "../webhooks-out/plan-deliveries";
import { STOREFRONT } from "./messages";
import { parseData } from "./parse-data";
import { findUser, idOfEvent, type StorefrontEvent, unknown } from "./references";

/** Creates an import, one for each event. */
export async function adoptImport({ id, data }: StorefrontEvent<"data/import">) {
  const importId = idOfEvent("imp", id);
  await createImport({ url: data.url, type: data.type ?? "products" }, STOREFRONT, importId);
  return { importId };
}

/** Creates a job, one for each event. */
export async function adoptJob({ id, data }: StorefrontEvent<"data/process">) {
  const jobId = idOfEvent("job", id);
  const job = parseData(jobSchema, { kind: data.kind ?? "customer_value" }, "");
  const metadata = JSON.parse(JSON.stringify({ id: data.id, data: data.data }));
  await createJob({ ...job, metadata }, STOREFRONT, jobId);
  return { jobId };
}

const MAX_PAYLOAD_BYTES = 64 * 1024;

/** Creates a delivery of `payload` for each of the user's enabled endpoints, or for the named one. One set for each event. */
export async function adoptApiCall({ id, data }: StorefrontEvent<"api/call">) {
  const { endpointId, payload = {} } = data;
  const user = await findUser(data.userId);
  if (!user) throw unknown("user", data.userId);
  if (Buffer.byteLength(JSON.stringify(payload)) > MAX_PAYLOAD_BYTES)
    throw invalid("data.payload: has more than 64 KB");
  const endpoints = await db().webhookEndpoint.findMany({
    where: { userId: user.id, enabled: true, ...(endpointId && { id: endpointId }) },
    select: { id: true },
  });
  const at = now();
  const type = "api.call";
  const deliveries = endpoints.map((endpoint) => {
    const delivery = idOfEvent("whd", `${id}:${endpoint.id}`);
    const body = webhookBody(type, { id: delivery, at, data: payload });
    return { id: delivery, endpointId: endpoint.id, event: type, body, createdAt: at };
  });
  await withOutbox(async (tx, publish) => {
    await tx.webhookDelivery.createMany({ data: deliveries, skipDuplicates: true });
    publish(...deliveries.map((delivery) => callEvent(delivery.id, user.id, 1)));
  });
  return deliveries.length > 0
    ? { deliveries: deliveries.map((delivery) => delivery.id) }
    : { reason: "There is no such endpoint, or it is disabled." };
}
