/** A decoded parameter: `a[b][c]=d` nests, `a[]=x` and `a[0]=x` count. */
export type FormValue = string | { [key: string]: FormValue };

const emptyHash = (): { [key: string]: FormValue } => Object.create(null);

function put(target: { [key: string]: FormValue }, keys: string[], value: string): void {
  const [first = "", ...rest] = keys;
  const key = first === "" ? String(Object.keys(target).length) : first;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const existing = target[key];
  const inner = typeof existing === "object" ? existing : emptyHash();
  target[key] = inner;
  put(inner, rest, value);
}

/** Decodes Stripe's form encoding, which the SDK uses for bodies and query strings alike. */
export function decodeForm(pairs: URLSearchParams): { [key: string]: FormValue } {
  const form = emptyHash();
  for (const [name, value] of pairs) {
    const [head = "", ...tail] = name.split("[");
    put(form, [head, ...tail.map((part) => part.replace(/\]$/, ""))], value);
  }
  return form;
}
