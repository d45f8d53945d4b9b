import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A supplier's server with files of products. */
export interface Files {
  /** Returns the URL of a new file: some of its rows are bad, and the first answer can break off in the middle. */
  products(file: { id: number; rows: number; bad: number; cut: boolean }): string;
  clear(): void;
  close(): void;
}

export async function serveFiles(): Promise<Files> {
  const files = new Map<string, { body: Buffer; cut: boolean }>();
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? "");
    if (!file) return void response.writeHead(404).end();
    const { body } = file;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = body.subarray(from);
    response.setHeader("etag", '"1"');
    response.setHeader("content-length", rest.length);
    if (from > 0) response.setHeader("content-range", `bytes ${from}-${body.length - 1}/${body.length}`);
    response.writeHead(from > 0 ? 206 : 200, { "content-type": "text/csv" });
    if (!file.cut) return void response.end(rest);
    file.cut = false;
    response.write(rest.subarray(0, Math.floor(rest.length / 2)), () => response.socket?.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    products({ id, rows, bad, cut }) {
      const lines = Array.from({ length: rows }, (_, n) => `SIM-${id}-${n},Thing ${n},${n + 1}.50,EUR`);
      const wrong = Array.from({ length: bad }, (_, n) => `SIM-${id}-bad-${n},Thing,free,EUR`);
      files.set(`/${id}.csv`, {
        body: Buffer.from(["sku,name,price,currency", ...lines, ...wrong, ""].join("\n")),
        cut,
      });
      return `${origin}/${id}.csv`;
    },
    clear: () => files.clear(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
