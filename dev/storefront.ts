import { readFileSync } from "node:fs";
import { type HttpServer, listen } from "./shared/http";

/** Serves `examples/storefront`, a storefront on an origin of its own that uses the shop at `app`. */
export function startStorefront(app: string, port: number): Promise<HttpServer> {
  const page = () =>
    readFileSync("examples/storefront/index.html", "utf8").replace("<html ", `<html data-api="${app}" `);
  return listen({
    port,
    maxBodyBytes: 1_000,
    handlers: [
      ({ path }) =>
        path === "/"
          ? { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: page() }
          : undefined,
    ],
    notFound: () => ({ status: 404, body: "Not found" }),
    onError: (error) => ({ status: 500, body: String(error) }),
  });
}
