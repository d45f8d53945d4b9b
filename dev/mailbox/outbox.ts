import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../engine/clock";
import { parseJson } from "../stand-in/faults";
import { header, type Incoming, json, problem, type Reply } from "../stand-in/http";
import type { Collection, Journal } from "../stand-in/journal";
import { fingerprint } from "../stand-in/kept-answers";
import { outboxPage } from "./outbox-page";
import { CHANNELS, type Channel, type OutboxRecord } from "./outbox-record";
import { paged } from "./paging";

const MOST_RECORDS = 100_000;
const recordBody = z.record(z.string(), z.unknown());

/** What the unconfigured SMS, push and CRM adapters hand over: `POST /outbox/{channel}`, `GET /outbox?channel=&to=`. */
export class Outbox {
  private readonly records: Collection<OutboxRecord>;

  constructor(
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {
    this.records = journal.collection("outbox");
  }

  door(request: Incoming): Reply | undefined {
    if (request.path === "/outbox" && request.method === "GET") return this.list(request);
    const channel = CHANNELS.find((name) => request.path === `/outbox/${name}`);
    if (!channel) return undefined;
    return request.method === "POST" ? this.add(channel, request) : problem(405, "Method not allowed");
  }

  /** Under an `Idempotency-Key` a record is taken once. */
  private add(channel: Channel, request: Incoming): Reply {
    const parsed = parseJson(recordBody, request.body);
    if (!parsed.ok) return parsed.reply;
    const key = header(request, "idempotency-key");
    const id = key ? fingerprint(`${channel} ${key}`).slice(0, 32) : randomUUID();
    const known = this.records.get(id);
    if (known) return json(200, known);
    const record = { id, channel, at: new Date(this.clock.now()).toISOString(), body: parsed.value };
    this.records.put(record);
    for (const oldest of this.records.values()) {
      if (this.records.size <= MOST_RECORDS) break;
      this.records.delete(oldest.id);
    }
    this.journal.commit();
    return json(201, record);
  }

  private list(request: Incoming): Reply {
    const { query } = request;
    const [channel, to, words] = [query.get("channel"), query.get("to"), query.get("q")?.trim().toLowerCase()];
    if (channel && !CHANNELS.some((name) => name === channel)) {
      return problem(422, "Invalid request", `channel must be one of ${CHANNELS.join(", ")}`);
    }
    const found = [...this.records.values()]
      .reverse()
      .filter((record) => (!channel || record.channel === channel) && (!to || record.body.to === to))
      .filter(({ body }) => !words || JSON.stringify(body).toLowerCase().includes(words));
    const shown = paged(found, query);
    if ("refused" in shown) return shown.refused;
    return header(request, "accept")?.includes("text/html") ? outboxPage(shown, query) : json(200, shown);
  }
}
