import { createServer } from "node:http";
import { Shopper } from "../shopper";
import type { StackInfo } from "../stack-file";
import { until } from "../until";
import type { Session } from "./session";

const PRODUCTS = [
  "sku,name,price,currency",
  ...Array.from({ length: 40 }, (_, n) => `SPRING-${n + 1},Spring glaze no. ${n + 1},${1_900 + n * 100},EUR`),
  ...["SPRING-X,No price,,EUR", "SPRING-Y,Negative,-5,EUR", ",No number,500,EUR"],
].join("\n");

/** What the operators' work left behind, by where it can be looked at. */
export interface Work {
  importId: string;
  broadcastId: string;
  endpointId: string;
  /** One of what the endpoint was told. */
  deliveryId: string;
  /** A link to decide on an expense, and one that has been used. */
  approval: { open: string; decided: string };
}

/** A partner system and a supplier of files, both on this machine, for as long as `work` takes. */
async function withNeighbour<T>(work: (address: string) => Promise<T>): Promise<T> {
  const server = createServer(({ url }, response) =>
    url === "/spring.csv"
      ? response.setHeader("content-type", "text/csv").end(PRODUCTS)
      : response.writeHead(204).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await work(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Does a day's work in the console, `meanwhile` included: what happens in it, the partner is told. */
export async function operate(
  { app, mailbox }: StackInfo,
  manager: Session,
  customer: Session,
  meanwhile: () => Promise<void>,
): Promise<Work> {
  return withNeighbour(async (neighbour) => {
    const hook = { url: `${neighbour}/steadfast`, events: ["order.confirmed", "order.shipped", "order.refunded"] };
    const { id: endpointId } = await manager.post<{ id: string }>("/api/account/webhooks", hook);
    const expense = (amount: number, description: string) =>
      customer.post("/api/expenses", { amount, currency: "EUR", description });
    await expense(4_250, "Tape and tissue paper for the parcels");
    await expense(12_500, "Photographs of the new kettle, half a day in the studio");
    const { id: importId } = await manager.post<{ id: string }>("/api/admin/imports", {
      ...{ url: `${neighbour}/spring.csv`, type: "products" },
    });
    const { id: broadcastId } = await manager.post<{ id: string }>("/api/admin/broadcasts", {
      title: "The kettle is back",
      message: "It pours where you point it.\n\nAnd there are enough of them this time.",
      segment: { type: "role", role: "customer" },
    });
    await meanwhile();
    await customer.post("/api/account/subscription", { planId: "plan_plus", paymentMethod: "pm_card_visa" });
    const shopper = new Shopper(app, mailbox);
    const linkIn = async (subject: RegExp) =>
      (await shopper.mail(manager.email, subject)).text.match(/https?:\S+\/approvals\/\S+/)?.[0] ?? "";
    const approval = { decided: await linkIn(/€42.50/), open: await linkIn(/€125.00/) };
    await fetch(approval.decided, {
      method: "POST",
      body: new URLSearchParams({ decision: "approve", note: "Thanks!" }),
    });
    const done = async (path: string, status: string) =>
      (await manager.get<{ status: string }>(path)).status === status;
    await until(() => done(`/api/admin/imports/${importId}`, "done"), "the import", { every: 150 });
    await until(() => done(`/api/admin/broadcasts/${broadcastId}`, "sent"), "the broadcast", {
      timeout: 120_000,
      every: 150,
    });
    const { items } = await manager.get<{ items: { id: string }[] }>(`/api/account/webhooks/${endpointId}/deliveries`);
    return { importId, broadcastId, endpointId, deliveryId: items[0]?.id ?? "", approval };
  });
}
