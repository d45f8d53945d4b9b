import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { networkEnv } from "../env";
import { AppError } from "../errors";
import { isPublicAddress } from "./public-address";

/**
 * Prevents requests to user-supplied URLs (a webhook endpoint, a browser's push service, a file to import) from reaching our own
 * network (SSRF). The guard checks the same addresses that the connection uses. So DNS rebinding (a name that resolves to another
 * address a moment later) does not bypass it. ALLOW_PRIVATE_TARGETS disables the guard for local development.
 */

const refused = (host: string, path = "url") =>
  new AppError("address_not_public", 422, `${host} is not an address on the public internet.`, {
    errors: [{ path, message: "must lead to a public address" }],
  });

/**
 * Checks a URL before any request: its scheme, and its host if that is an IP address. `path` is the field of the request.
 * @throws AppError `address_not_public` (422), `address_refused` (422)
 */
export function checkTarget(url: URL, protocols = ["https:"], path = "url"): void {
  const open = networkEnv().ALLOW_PRIVATE_TARGETS;
  const refuse = (message: string) => {
    throw new AppError("address_refused", 422, `The address ${message}.`, { errors: [{ path, message }] });
  };
  if (!protocols.includes(url.protocol) && !(open && url.protocol === "http:"))
    refuse(`must begin with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`);
  if (url.username !== "" || url.password !== "") refuse("must hold no user name or password");
  if (open) return;
  // A name with a dot at its end is the same name (RFC 1034, 3.1).
  const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
  const local = host === "localhost" || host.endsWith(".localhost") || (isIP(host) !== 0 && !isPublicAddress(host));
  if (local) throw refused(url.hostname, path);
}

/** The `lookup` option of `http.request`: resolves a name, and fails unless all of its addresses are public. */
export const guardedLookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, "", 0);
    const open = networkEnv().ALLOW_PRIVATE_TARGETS;
    if (!open && !addresses.every(({ address }) => isPublicAddress(address))) return callback(refused(hostname), "", 0);
    const [first] = addresses;
    if (!first) return callback(new Error(`${hostname} has no address.`), "", 0);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
