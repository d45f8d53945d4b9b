import { allowOnly, json, readJson, route } from "@/app/http";
import { accountChangeSchema, changeAccount } from "@/lib/account/change-account";
import { viewAccount } from "@/lib/account/view-account";
import { requireRole } from "@/lib/auth/viewer";
import { recordVisit } from "@/lib/onboarding/progress";

export const GET = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  await recordVisit(id);
  return json(await viewAccount(id));
});

export const PATCH = route(async (request) => {
  const user = await requireRole(request.headers, "customer");
  await changeAccount(user, await readJson(request, accountChangeSchema));
  return json(await viewAccount(user.id));
});

export const { POST, PUT, DELETE, OPTIONS } = allowOnly("GET", "PATCH");
