import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { FuzzRequest } from "./requests";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  ms: number;
}

type Sent = Pick<FuzzRequest, "method" | "target" | "headers" | "body">;

/** An answer that takes longer than this is an error of the run. */
const TIMEOUT_MS = 60_000;

class StaleConnection extends Error {}

/** The longest path and query, below the server's limit of 16 KB for all headers, above which it closes the connection. */
const MAX_TARGET = 10_000;

/** Sends requests as they are, also those that `fetch` refuses or changes. */
export class Sender {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #app: URL;

  constructor(app: string) {
    this.#app = new URL(app);
  }

  /** A server may close an idle connection while a request is on its way on it. Such a request is sent again. */
  send(sent: Sent): Promise<Answer> {
    return this.#sendOnce(sent).catch((error) =>
      error instanceof StaleConnection ? this.#sendOnce(sent) : Promise.reject(error),
    );
  }

  #sendOnce({ method, target, headers, body }: Sent): Promise<Answer> {
    const { hostname, port } = this.#app;
    const started = performance.now();
    const length = body ? { "content-length": String(body.length) } : {};
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...{ hostname, port, method, path: target.slice(0, MAX_TARGET), agent: this.#agent, timeout: TIMEOUT_MS },
          headers: { ...Object.fromEntries(headers), ...length },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
              ms: performance.now() - started,
            }),
          );
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      outgoing.on("error", (error) =>
        reject(outgoing.reusedSocket && "code" in error && error.code === "ECONNRESET" ? new StaleConnection() : error),
      );
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Returns a shell command that sends the same bytes. */
export function curlOf(app: string, { method, target, headers, body }: Sent): string {
  const parts = [
    "curl -i --path-as-is -g",
    `-X ${method}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
  ];
  if (body) parts.push("--data-binary @-");
  const command = [...parts, quoted(app + target)].join(" ");
  return body ? `echo ${body.toString("base64")} | base64 -d | ${command}` : command;
}
