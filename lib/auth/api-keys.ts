import { z } from "zod";
import { MINUTE, now } from "../clock";
import { db } from "../db";
import { AppError, notFound } from "../errors";
import { enforceRateLimit } from "../rate-limit";
import { plainTextSchema } from "../text";
import { API_KEY_LENGTH, API_KEY_PREFIX, MAX_API_KEY_DAYS } from "./api-key-plugin";
import { auth } from "./auth";
import { hasRole, type Viewer, viewerOf } from "./viewer";

/** What an API key can be allowed to do. Each endpoint names the scope that opens it. */
export const SCOPES = {
  "orders:read": "Read and export orders",
  "orders:write": "Ship, deliver, refund, review, correct and cancel orders",
  checkout: "Place and pay orders for any customer",
  "catalogue:read": "Read products, stock, plans and imports",
  "catalogue:write": "Change products, stock and plans, start imports",
  "customers:read": "Find customers, and read their value",
  "coupons:read": "Read coupons",
  "coupons:write": "Create coupons",
  "broadcasts:read": "Read broadcasts and their experiments, count recipients",
  "broadcasts:write": "Send and stop broadcasts, end their experiments",
  "emails:read": "Read which emails were sent",
  "expenses:read": "Read the expenses of all users",
  "reports:read": "Read reports and jobs",
  "reports:write": "Start jobs",
  "operations:read": "Read alerts, failed runs and the manual queue",
  "operations:write": "Resolve alerts and tasks of the manual queue",
  "webhooks:read": "Read the webhooks of the key's owner",
  "webhooks:write": "Change the webhooks of the key's owner",
} as const;

export type Scope = keyof typeof SCOPES;

const isScope = (text: string): text is Scope => text in SCOPES;
const scopes = Object.keys(SCOPES).filter(isScope);

/** The role of the owner of a key. A key stops working when its owner loses this role. */
export const KEY_OWNER_ROLE = "admin";

/** A program that calls the API, and the administrator on whose behalf it acts. */
export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  owner: Viewer;
}

/** The lifetimes that the console offers, in days. */
export const LIFETIMES = [7, 30, 90, MAX_API_KEY_DAYS];

export const newApiKeySchema = z.strictObject({
  name: plainTextSchema(100),
  scopes: z.array(z.enum(scopes)).min(1, "must have at least one scope"),
  expiresInDays: z.int("must be a whole number").min(1).max(MAX_API_KEY_DAYS),
  requestsPerMinute: z.int("must be a whole number").min(1).max(10_000),
});

/**
 * Creates an API key and returns it. The database stores its hash only, so this is the only time that it can be read.
 * @param owner an administrator
 * @throws AppError `unauthenticated` (401) if the owner's account is deleted meanwhile
 */
export async function createApiKey(
  owner: Viewer,
  { name, scopes, expiresInDays, requestsPerMinute }: z.output<typeof newApiKeySchema>,
): Promise<{ id: string; key: string }> {
  const { id, key } = await auth().api.createApiKey({
    body: {
      ...{ userId: owner.id, name, permissions: toPermissions(scopes), expiresIn: expiresInDays * 24 * 60 * 60 },
      ...{ rateLimitMax: requestsPerMinute, rateLimitTimeWindow: MINUTE },
    },
  });
  // The owner's account may have been deleted since the session check. The foreign key has waited for the end of the deletion.
  if (!(await viewerOf(owner.id))) {
    await db().apiKey.deleteMany({ where: { id } });
    throw new AppError("unauthenticated", 401, "This account has been deleted.");
  }
  return { id, key };
}

/** An API key as the console lists it. */
export interface ApiKeySummary {
  id: string;
  name: string;
  /** The first characters of the key. */
  start: string;
  scopes: Scope[];
  status: "active" | "expired" | "revoked" | "owner_not_admin";
  requestsPerMinute: number;
  ownerName: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** Returns all API keys, the newest first. better-auth deletes keys that have expired. */
export async function listApiKeys(): Promise<ApiKeySummary[]> {
  const rows = await db().apiKey.findMany({
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    omit: { key: true },
    include: { user: { select: { name: true, role: true } } },
  });
  return rows.map(
    ({ id, name, start, permissions, enabled, rateLimitMax, user, createdAt, expiresAt, lastRequest }) => ({
      ...{ id, name: name ?? "", start: start ?? "", scopes: toScopes(permissions), ownerName: user.name },
      status: statusOf(enabled, expiresAt, user.role === KEY_OWNER_ROLE),
      requestsPerMinute: rateLimitMax ?? 0,
      ...{ createdAt, expiresAt, lastUsedAt: lastRequest },
    }),
  );
}

function statusOf(enabled: boolean, expiresAt: Date | null, owned: boolean): ApiKeySummary["status"] {
  if (!enabled) return "revoked";
  if (expiresAt && expiresAt <= now()) return "expired";
  return owned ? "active" : "owner_not_admin";
}

/** Revokes an API key at once and for good. @throws AppError `not_found` (404) */
export async function revokeApiKey(id: string): Promise<void> {
  const key = await db().apiKey.findUnique({ where: { id }, select: { referenceId: true } });
  if (!key) throw notFound("API key");
  await auth().api.updateApiKey({ body: { keyId: id, userId: key.referenceId, enabled: false } });
}

/** The tokens of orders (ids.ts) are shorter, and are bearer tokens too. */
const KEY = new RegExp(`^Bearer (${API_KEY_PREFIX}\\S{${API_KEY_LENGTH - 16},})$`, "i");

/** Returns the API key of a request (`Authorization: Bearer sk_…`), unchecked. */
export const apiKeyOf = (headers: Headers): string | undefined => KEY.exec(headers.get("authorization") ?? "")?.[1];

/**
 * Returns the program to which a key belongs, and counts the request against the limit of the key.
 * @throws AppError `invalid_api_key` (401), `forbidden` (403) if its owner is no administrator any more, `too_many_requests` (429)
 */
export async function verifyApiKey(secret: string): Promise<ApiKey> {
  const { key } = await auth().api.verifyApiKey({ body: { key: secret } });
  if (!key) throw new AppError("invalid_api_key", 401, "The API key is wrong, expired or revoked.");
  const owner = await viewerOf(key.referenceId);
  if (!owner || !hasRole(owner, KEY_OWNER_ROLE))
    throw new AppError("forbidden", 403, `The owner of this API key no longer has the role ${KEY_OWNER_ROLE}.`);
  const limit = { count: key.rateLimitMax ?? 1, periodMs: key.rateLimitTimeWindow ?? MINUTE };
  await enforceRateLimit(db(), `api-key:${key.id}`, limit);
  return { id: key.id, name: key.name ?? "", scopes: toScopes(key.permissions), owner };
}

/** @throws AppError `closed_to_api_keys`, `insufficient_scope` (403) */
export function requireScope({ scopes }: ApiKey, scope: Scope | undefined): void {
  if (scope === undefined) throw new AppError("closed_to_api_keys", 403, "An API key cannot call this endpoint.");
  if (!scopes.includes(scope))
    throw new AppError("insufficient_scope", 403, `This needs an API key with the scope ${scope}.`);
}

/** Returns the scopes in better-auth's format: the actions of each resource. A scope of one word has the action `use`. */
function toPermissions(granted: Scope[]): Record<string, string[]> {
  const permissions: Record<string, string[]> = {};
  for (const scope of granted) {
    const [resource = scope, action = "use"] = scope.split(":");
    permissions[resource] = [...(permissions[resource] ?? []), action];
  }
  return permissions;
}

const permissionsSchema = z.record(z.string(), z.array(z.string()));

/** The inverse of `toPermissions`. A scope that no longer exists is left out. */
function toScopes(permissions: unknown): Scope[] {
  const stored: unknown = typeof permissions === "string" ? JSON.parse(permissions) : permissions;
  return Object.entries(permissionsSchema.safeParse(stored).data ?? {})
    .flatMap(([resource, actions]) => actions.map((action) => (action === "use" ? resource : `${resource}:${action}`)))
    .filter(isScope);
}
