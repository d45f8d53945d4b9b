import type { Account } from "./account";
import { badParameter, refused } from "./errors";
import type { FormValue } from "./params";

const MAX_DEPTH = 4;

interface Json {
  [key: string]: unknown;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function recordOf(account: Account, id: string): unknown {
  const collections: Record<string, { get(id: string): object | undefined }> = {
    cus: account.customers,
    pm: account.paymentMethods,
    pi: account.paymentIntents,
    ch: account.charges,
    re: account.refunds,
    tr: account.transfers,
  };
  return collections[id.slice(0, id.indexOf("_"))]?.get(id);
}

function refundsOf(account: Account, charge: Json) {
  const data = [...account.refunds.values()].filter((refund) => refund.charge === charge.id).reverse();
  return { object: "list", url: `/v1/charges/${charge.id}/refunds`, has_more: false, data };
}

function expandPath(account: Account, value: Json, path: string[], whole: string): Json {
  const [field = "", ...rest] = path;
  const refundList = value.object === "charge" && field === "refunds";
  if (!refundList && !(field in value))
    throw refused(`This property cannot be expanded (${whole}).`, undefined, { param: "expand" });
  const inner = refundList ? refundsOf(account, value) : value[field];
  const found = typeof inner === "string" ? recordOf(account, inner) : inner;
  if (found === null) return value;
  if (Array.isArray(found))
    return { ...value, [field]: found.map((item) => (isObject(item) ? expandPath(account, item, rest, whole) : item)) };
  if (!isObject(found)) throw refused(`This property cannot be expanded (${whole}).`, undefined, { param: "expand" });
  return { ...value, [field]: rest.length === 0 ? found : expandPath(account, found, rest, whole) };
}

/** The answer with objects in place of ids, as `expand[]` asks ("Expanding responses"): dotted paths, four levels deep. */
export function expandAnswer(account: Account, answer: object, wanted: FormValue | undefined): object {
  if (typeof wanted !== "object") return answer;
  let expanded: Json = { ...answer };
  for (const path of Object.values(wanted)) {
    if (typeof path !== "string") throw badParameter("Invalid array", "expand");
    const parts = path.split(".");
    if (parts.length > MAX_DEPTH) throw badParameter("You cannot expand more than 4 levels of a property", "expand");
    expanded = expandPath(account, expanded, parts, path);
  }
  return expanded;
}
