/** The labels of fields whose name in a request is not what their forms call them. */
const LABELS: Record<string, string> = {
  line1: "Street and number",
  line2: "Address line 2",
  sku: "SKU",
  url: "Address",
  delta: "Adjustment",
  q: "Search",
  to: "Recipient",
  couponCode: "Coupon",
  expiresAt: "Last day",
  lowStock: "Alert at this stock",
  newTag: "Tag to add or remove",
  priceChange: "Change by",
  tracking: "Tracking numbers",
  scheduledAt: "Start",
  newEmail: "New address",
  currentPassword: "Current password",
  newPassword: "New password",
};

const partsOf = (path: string): string[] => path.split(".").filter((part) => !/^\d+$/.test(part));

/** Returns the name of a field from its path in the request: `postalCode` for `address.postalCode`. */
export function fieldName(path: string): string {
  const [last = path, parent] = partsOf(path).toReversed();
  // The amount of a price has a field of its own name. Other amounts have the name of what they are.
  return last === "amount" && parent !== undefined && parent !== "price" ? parent : last;
}

/** Returns the label of a field from its path in the request: `Postal code` for `address.postalCode`. */
function labelOf(path: string): string {
  const parts = partsOf(path);
  const last = parts.at(-1) ?? path;
  // The amount of a price says nothing without the price.
  const [name = last] = last === "amount" && parts.length > 1 ? parts.slice(-2) : [last];
  if (parts[0] === "items") return "Items";
  const words = LABELS[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The words that begin a message which continues the sentence of its label. */
const VERBS = /^(is|are|was|were|has|have|must|would|exists|belongs|occurs|matches|needs|differs|takes|does|cannot)\b/;

/** Returns the error of a field as a sentence: `Postal code is missing.`, or `Items: only 3 left.` */
export function fieldSentence(path: string, message: string): string {
  const text = `${labelOf(path)}${VERBS.test(message) ? " " : ": "}${message}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
