import { AsyncLocalStorage } from "node:async_hooks";
import { Inngest } from "inngest";
import { z } from "zod";
import { apiFetch } from "./api-fetch";
import { now, SECOND } from "./clock";
import { inngestEnv } from "./env";
import { AppError, messageOf } from "./errors";
import { log } from "./log";
import { type Change, type ConsoleTopic, consoleChannel, orderChannel } from "./realtime-channels";
import { realtimeUrl } from "./realtime-url";

/**
 * Live progress: pages are notified of changes through Inngest Realtime. A message is sent without waiting for it, and a lost
 * one costs nothing but time: the work never fails or waits because of it, and a page without a connection polls.
 */

/** The longest time of a request to the Realtime API. */
const TIMEOUT_MS = 2 * SECOND;
/** Messages under way. More are dropped, so that a slow API never fills the memory. */
const MAX_IN_FLIGHT = 20;
/** After a failure, this process sends no messages for this time. */
const PAUSE_MS = 5 * SECOND;
/** The changes of one order in this time are one message, and a page reads them all. An order is paid within it. */
const ORDER_INTERVAL_MS = 200;
/** The console gets at most one message for each topic in this time, however many orders change. */
const CONSOLE_INTERVAL_MS = SECOND;
/** By this time a transaction has committed. */
const COMMIT_MS = 250;

let client: Inngest | undefined;
let inFlight = 0;
let pausedUntil = 0;

/** What changed: a topic of the console and the id within it. An order also has a channel of its own. */
export interface Subject {
  topic: ConsoleTopic;
  id?: string;
}

const TOPICS = [
  ["orderId", "orders"],
  ["importId", "imports"],
  ["broadcastId", "broadcasts"],
  ["jobId", "jobs"],
] as const;

/** Returns what an event is about, by the id in its data. */
export function subjectOf(data: object = {}): Subject | undefined {
  const ids = new Map<string, unknown>(Object.entries(data));
  const [key, topic] = TOPICS.find(([key]) => typeof ids.get(key) === "string") ?? [];
  return key && { topic, id: String(ids.get(key)) };
}

type Changes = Map<string, Subject & Change>;

const isOn = (): boolean => inngestEnv().INNGEST_REALTIME;

const collected = new AsyncLocalStorage<Changes>();

/**
 * Records a change within a transaction or a step. It is published when that has ended, once for each subject. A change that is
 * rolled back may be published: its readers find the state as it was.
 */
export function recordChange(subject: Subject, change?: string): void {
  if (!isOn()) return;
  const changes = collected.getStore();
  const key = `${subject.topic} ${subject.id}`;
  // The first entry of the timeline says more than the event that follows from it.
  if (changes) changes.set(key, changes.get(key) ?? { ...subject, change });
  else setTimeout(() => publishChange({ ...subject, change }), COMMIT_MS).unref();
}

/**
 * Runs `work` and then publishes the changes that it recorded, and `own` if it has not failed. Within another call, the outer one
 * publishes all.
 */
export async function publishingChanges<T>(work: () => Promise<T>, own?: Subject & Change): Promise<T> {
  if (!isOn() || collected.getStore()) return work();
  const changes: Changes = new Map();
  try {
    const result = await collected.run(changes, work);
    if (own) changes.set(`${own.topic} ${own.id}`, own);
    return result;
  } finally {
    for (const change of changes.values()) publishChange(change);
  }
}

/** Publishes a change that is committed. Returns at once and never throws. */
export function publishChange({ topic, id, change }: Subject & Change): void {
  if (!isOn()) return;
  // Nobody watches an order that was just placed.
  if (topic === "orders" && id !== undefined && change !== "order_placed") publishToOrder(id, change);
  publishToConsole(topic, { id, change });
}

/** The last change of each order that had one within the interval. */
const changedOrders = new Map<string, string | undefined>();

function publishToOrder(id: string, change?: string): void {
  const isDue = changedOrders.has(id);
  changedOrders.set(id, change);
  if (isDue) return;
  setTimeout(() => {
    send(orderChannel(id).changed, { id, change: changedOrders.get(id) });
    changedOrders.delete(id);
  }, ORDER_INTERVAL_MS).unref();
}

/** The topics that had a message within the interval, each with the changes since then. */
const recent = new Map<ConsoleTopic, Change[]>();

function publishToConsole(topic: ConsoleTopic, change: Change): void {
  const waiting = recent.get(topic);
  if (waiting) return void waiting.push(change);
  const changes: Change[] = [];
  recent.set(topic, changes);
  send(consoleChannel[topic], change);
  setTimeout(() => {
    recent.delete(topic);
    const [first] = changes;
    if (first) publishToConsole(topic, changes.length === 1 ? first : {});
  }, CONSOLE_INTERVAL_MS).unref();
}

type TopicRef = Parameters<Inngest["realtime"]["publish"]>[0];

function send(topic: TopicRef, change: Change): void {
  if (inFlight >= MAX_IN_FLIGHT || now().getTime() < pausedUntil) return;
  inFlight++;
  realtime()
    .publish(topic, change)
    .catch((error: unknown) => {
      pausedUntil = now().getTime() + PAUSE_MS;
      log.warn({ error: messageOf(error) }, "live progress is paused: Realtime does not answer");
    })
    .finally(() => {
      inFlight--;
    });
}

/** The client of the Realtime API. The SDK reads its address and keys from the environment. */
function realtime(): Inngest["realtime"] {
  client ??= new Inngest({
    id: "steadfast",
    fetch: (input, init) => apiFetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
  });
  return client.realtime;
}

export const subscriptionSchema = z.strictObject({
  channel: z.string(),
  topics: z.array(z.string()),
  key: z.string().describe("The token. It is valid for one minute, to connect to these topics only."),
  apiBaseUrl: z.url().describe("Where a browser connects, at /v1/realtime/connect."),
});

type Subscription = z.output<typeof subscriptionSchema>;

/** Returns a subscription to an order. The caller has authorized the visitor. @throws AppError as `subscribeConsole` */
export const subscribeOrder = (orderId: string): Promise<Subscription> => subscribe(orderChannel(orderId), ["changed"]);

/** Returns a subscription of a manager. @throws AppError `realtime_unavailable` (503): pages poll then */
export const subscribeConsole = (topics: ConsoleTopic[]): Promise<Subscription> => subscribe(consoleChannel, topics);

async function subscribe(channel: { name: string }, topics: string[]): Promise<Subscription> {
  if (!isOn()) throw new AppError("realtime_unavailable", 503, "Live progress is turned off (INNGEST_REALTIME=0).");
  try {
    const { key } = await realtime().token({ channel: channel.name, topics });
    if (!key) throw new Error("the answer has no token");
    return { channel: channel.name, topics, key, apiBaseUrl: realtimeUrl() };
  } catch (error) {
    log.warn({ error: messageOf(error) }, "no token for live progress");
    throw new AppError("realtime_unavailable", 503, "Live progress is not available now.");
  }
}
