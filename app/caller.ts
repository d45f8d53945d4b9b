import { type ApiKey, apiKeyOf, requireScope, type Scope, verifyApiKey } from "@/lib/auth/api-keys";
import { hasRole, requireRole, type Viewer } from "@/lib/auth/viewer";
import { AppError } from "@/lib/errors";
import type { Role } from "@/prisma/generated/enums";

/** Who may call an endpoint. */
export interface Access {
  role?: Role;
  /** The scope of an API key that opens the endpoint. Without one, keys cannot call it. */
  scope?: Scope | "any";
}

/** The user who calls an endpoint with a role, and the API key with which a program calls it. */
export interface Caller {
  user?: Viewer;
  apiKey?: ApiKey;
}

const verified = new WeakMap<Request, ApiKey>();

/** Lets a request of our own act with an API key that is already verified and counted. */
export function actWith(apiKey: ApiKey, request: Request): Request {
  verified.set(request, apiKey);
  return request;
}

/**
 * Returns who calls: a program with an API key acts as the owner of the key, within the scopes of the key. Else the signed-in user.
 * @throws AppError as `verifyApiKey`, `requireScope` and `requireRole`
 */
export async function authorize(request: Request, { role, scope }: Access): Promise<Caller> {
  const secret = apiKeyOf(request.headers);
  const apiKey = verified.get(request) ?? (secret === undefined ? undefined : await verifyApiKey(secret));
  if (!apiKey) return { user: role && (await requireRole(request.headers, role)) };
  if (scope !== "any") requireScope(apiKey, scope);
  if (role && !hasRole(apiKey.owner, role)) throw new AppError("forbidden", 403, `This needs the role ${role}.`);
  return { user: role && apiKey.owner, apiKey };
}
