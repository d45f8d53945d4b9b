import { createHmac, timingSafeEqual } from "node:crypto";
import { isObject, type Json, parseJson } from "./json";

/** server: pkg/execution/realtime/token.go, pkg/consts/devserver.go. */
const ISSUER = "rt.inngest.com";
const TOKEN_SECONDS = 60;
const ACCOUNT_ID = "00000000-0000-4000-a000-000000000000";
export const ENV_ID = "00000000-0000-4000-b000-000000000000";

/** A topic of a channel. `kind` is "run" for messages that functions publish. */
export interface Topic {
  kind: string;
  channel: string;
  name: string;
}

export interface Claims {
  topics: Topic[];
  /** The token may publish. */
  publish: boolean;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const sign = (secret: string, text: string): string => createHmac("sha256", secret).update(text).digest("base64url");

/** A JWT (RFC 7519, HS256) that subscribes to `topics`, and to no other ones, for one minute. */
export function newJwt(secret: string, id: string, topics: Topic[], now: number): string {
  const iat = Math.floor(now / 1000);
  const claims = { iss: ISSUER, sub: ACCOUNT_ID, exp: iat + TOKEN_SECONDS, iat, jti: id, env: ENV_ID };
  const scoped = topics.map((topic) => ({ ...topic, env_id: ENV_ID }));
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ ...claims, topics: scoped, publish: false })}`;
  return `${text}.${sign(secret, text)}`;
}

/** The claims of a JWT; undefined when it is expired, of another issuer or not signed with `secret`. */
export function readJwt(secret: string, token: string, now: number): Claims | undefined {
  const [header = "", payload = "", signature = "", ...more] = token.split(".");
  const expected = Buffer.from(sign(secret, `${header}.${payload}`));
  const given = Buffer.from(signature);
  if (more.length > 0 || expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const [kind, claims] = [header, payload].map((part) => parseJson(Buffer.from(part, "base64url").toString()));
  if (!isObject(kind) || kind.alg !== "HS256" || !isObject(claims) || claims.iss !== ISSUER) return undefined;
  if (typeof claims.exp !== "number" || claims.exp * 1000 <= now) return undefined;
  return { topics: topicsIn(claims.topics) ?? [], publish: claims.publish === true };
}

/** A list of topics; undefined when `value` is none. */
export function topicsIn(value: Json | undefined): Topic[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const topics = value.map((topic) => {
    const { kind = "", channel = "", name = "" } = isObject(topic) ? topic : { kind: null };
    const texts = typeof kind === "string" && typeof channel === "string" && typeof name === "string";
    return texts ? { kind, channel, name } : undefined;
  });
  return topics.every((topic) => topic !== undefined) ? topics : undefined;
}
