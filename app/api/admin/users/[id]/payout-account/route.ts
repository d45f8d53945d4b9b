import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { payoutAccountSchema, setPayoutAccount, viewPayoutAccount } from "@/lib/payouts/payout-account";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "admin");
  return json(await viewPayoutAccount(id));
});

export const PATCH = route<{ id: string }>(async (request, { id }) => {
  const admin = await requireRole(request.headers, "admin");
  return json(await setPayoutAccount(id, await readJson(request, payoutAccountSchema), admin.id));
});

export const { POST, PUT, DELETE, OPTIONS } = allowOnly("GET", "PATCH");
