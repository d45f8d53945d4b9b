import type { Clock } from "../shared/clock";
import { decode, linksIn } from "./links";

/** The result for one link or image of an email. */
export interface Checked {
  kind: "link" | "image";
  url: string;
  ok: boolean;
  /** The status of the answer, or what is wrong. */
  result: string;
}

const TIMEOUT_MS = 5000;
const MAX_CHECKED = 100;

const IMAGE = /<img\b[^>]*>/gi;
const attribute = (tag: string, name: string): string | undefined => {
  const [, double, single] = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "i").exec(tag) ?? [];
  return double ?? single;
};

/**
 * Requests each link and image of an email with HEAD, without following redirects, and names images without a text for
 * readers who do not see them. At most 100 addresses.
 */
export async function checkEmail(html: string, clock: Clock): Promise<Checked[]> {
  const links = [...new Set(linksIn(html))].map((url) => ({ kind: "link" as const, url, problem: undefined }));
  const images = [...html.matchAll(IMAGE)].map(([tag]) => ({
    kind: "image" as const,
    url: decode(attribute(tag, "src") ?? ""),
    problem: attribute(tag, "alt") === undefined ? "has no alt text" : undefined,
  }));
  return clock.busy(
    Promise.all(
      [...links, ...images].slice(0, MAX_CHECKED).map(async ({ kind, url, problem }) => {
        const answer = await request(url);
        const result = problem === undefined ? answer.result : `${answer.result}, ${problem}`;
        return { kind, url, result, ok: answer.ok && problem === undefined };
      }),
    ),
  );
}

async function request(url: string): Promise<Pick<Checked, "ok" | "result">> {
  if (url.startsWith("data:")) return { ok: true, result: "in the email" };
  if (!/^https?:/.test(url)) return { ok: false, result: "no web address" };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { status, headers } = await fetch(url, { method: "HEAD", redirect: "manual", signal });
    const target = headers.get("location");
    return { ok: status < 400, result: `${status}${target ? ` to ${target}` : ""}` };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return { ok: false, result: timedOut ? "no answer" : "not reachable" };
  }
}
