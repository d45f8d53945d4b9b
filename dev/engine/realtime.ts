import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { isObject, type Json, type JsonObject, parseJson } from "./json";
import { type Claims, readJwt, type Topic, topicsIn } from "./realtime-token";

/** The interval of the pings that keep a connection open (server: realtime/broadcaster.go `KeepaliveInterval`). */
const KEEPALIVE_MS = 15_000;

/** A message of a subscription (server: realtime/streamingtypes `Message`; `Chunk` has no channel and no topic). */
export interface RealtimeMessage extends JsonObject {
  kind: "data" | "datastream-start" | "datastream-end" | "chunk" | "closing";
}

const keyOf = ({ channel, name }: Pick<Topic, "channel" | "name">): string => JSON.stringify([channel, name]);

/**
 * The subscriptions and their connections. A message is sent to those who are connected now; nothing is stored, as on the
 * server (pkg/execution/realtime/broadcaster.go, sub_websocket.go).
 */
export class Realtime {
  readonly #secret: string;
  readonly #now: () => number;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #subscribers = new Map<string, Set<WebSocket>>();
  readonly #keepalive: NodeJS.Timeout;

  /** `secret` signs the tokens. */
  constructor(secret: string, now: () => number) {
    this.#secret = secret;
    this.#now = now;
    // On the wall clock, because the connections are real also when the engine's clock is virtual.
    this.#keepalive = setInterval(() => {
      for (const socket of this.#server.clients) socket.ping();
    }, KEEPALIVE_MS);
    this.#keepalive.unref();
  }

  /** The claims of a valid token. */
  claims(token: string): Claims | undefined {
    return readJwt(this.#secret, token, this.#now());
  }

  /** Sends `message` to the subscribers of the topic. */
  publish(topic: Pick<Topic, "channel" | "name">, message: RealtimeMessage): void {
    for (const socket of this.#subscribers.get(keyOf(topic)) ?? []) socket.send(JSON.stringify(message));
  }

  /** Opens the socket of a request whose token was checked. */
  accept(incoming: IncomingMessage, socket: Duplex, head: Buffer, topics: Topic[]): void {
    this.#server.handleUpgrade(incoming, socket, head, (ws) => {
      this.#subscribe(ws, topics);
      ws.on("message", (data, isBinary) => {
        if (!isBinary) this.#receive(ws, parseJson(String(data)));
      });
      ws.on("error", () => ws.terminate());
      ws.on("close", () => {
        for (const key of [...this.#subscribers.keys()]) this.#leave(ws, key);
      });
    });
  }

  /** Tells all subscribers to connect again, and closes their connections. */
  close(): void {
    clearInterval(this.#keepalive);
    const closing: RealtimeMessage = { kind: "closing", data: null, created_at: new Date(this.#now()).toISOString() };
    for (const socket of this.#server.clients) {
      socket.send(JSON.stringify({ ...closing, topic: "" }));
      socket.close(1001, "closing");
      socket.terminate();
    }
  }

  #subscribe(socket: WebSocket, topics: Topic[]): void {
    for (const topic of topics) {
      const sockets = this.#subscribers.get(keyOf(topic)) ?? new Set();
      this.#subscribers.set(keyOf(topic), sockets.add(socket));
    }
  }

  #leave(socket: WebSocket, key: string): void {
    const sockets = this.#subscribers.get(key);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#subscribers.delete(key);
  }

  /** A client adds topics with another token, and leaves topics by name. Other messages are ignored. */
  #receive(socket: WebSocket, message: Json | undefined): void {
    if (!isObject(message)) return;
    if (message.kind === "sub" && typeof message.data === "string")
      this.#subscribe(socket, this.claims(message.data)?.topics ?? []);
    if (message.kind === "unsub") for (const topic of topicsIn(message.data) ?? []) this.#leave(socket, keyOf(topic));
  }
}
