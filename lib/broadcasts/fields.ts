import { nameOr } from "../email/customer-text";

/**
 * Fields of a broadcast's title and message, `{name}` or `{name|there}`: each recipient's email has their own value, or the fallback
 * if there is none. A field without a value and a fallback leaves nothing.
 */
const VALUES = {
  name: (name: string) => name,
  first_name: (name: string) => name.split(" ")[0] ?? "",
} as const;

type Field = keyof typeof VALUES;

export const FIELDS = Object.keys(VALUES).map((field) => `{${field}}`);

const isField = (name: string | undefined): name is Field => name !== undefined && Object.hasOwn(VALUES, name);

/** A brace before a letter begins a field. Any other brace is text. */
const STARTED = /(\{?)\{(?=\p{L})([^{}\n]*)(\}?)/gu;
const COMPLETE = /\{(\w+)(?:\|([^{}\n]*))?\}/g;

/** Returns what is wrong with the fields of a text, in words that read well after the name of the text, or undefined. */
export function fieldProblem(text: string): string | undefined {
  for (const [written, second, content = "", end] of text.matchAll(STARTED)) {
    const [name] = content.split("|");
    if (!end) return `has a field that is never closed: ${shorten(written)}`;
    if (second) return `has a field in two braces: ${shorten(written)}. Write ${FIELDS.join(" or ")}`;
    if (!isField(name)) return `has the unknown field ${shorten(written)}. Known are ${FIELDS.join(" and ")}`;
  }
  return undefined;
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Returns whether a text has a field, which differs between recipients. */
export const hasFields = (text: string): boolean => [...text.matchAll(COMPLETE)].some(([, name]) => isField(name));

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/**
 * Returns a text with the values of a recipient. A value is a person's name or nothing (`nameOr`): users choose their names, so one
 * could be a link or an advertisement. In HTML it is escaped, as the fallback is already.
 */
export function fillFields(text: string, recipientName: string | null, format: "text" | "html"): string {
  const name = nameOr(recipientName, "");
  return text.replace(COMPLETE, (written, field: string, fallback = "") => {
    if (!isField(field)) return written;
    const value = VALUES[field](name);
    return (format === "html" ? escapeHtml(value) : value) || fallback;
  });
}
