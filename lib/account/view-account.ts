import type { z } from "zod";
import type { Role } from "@/prisma/generated/enums";
import type { addressSchema } from "../address";
import { db } from "../db";
import { type Preferences, preferencesOf } from "../email/preferences";
import { notFound } from "../errors";
import { progressOf } from "../onboarding/progress";

export interface AccountView {
  id: string;
  email: string;
  name: string;
  role: Role;
  phone: string | null;
  address: z.output<typeof addressSchema> | null;
  /** Which email one gets that one can do without. */
  preferences: Preferences;
  /** When each was done for the first time (ISO 8601); null where it was not. */
  onboarding: { profile: string | null; firstVisit: string | null; firstOrder: string | null };
}

type Row = Omit<AccountView, "preferences" | "onboarding">;

/** A user's own account. @throws AppError `not_found` (404) */
export async function viewAccount(userId: string): Promise<AccountView> {
  const [row] = await db().$queryRaw<Row[]>`
    SELECT u.id, u.email, u.name, u.role, p.phone, p.address FROM users u LEFT JOIN profiles p ON p.user_id = u.id
    WHERE u.id = ${userId}`;
  if (!row) throw notFound("account");
  const [preferences, done] = await Promise.all([preferencesOf(row.email), progressOf(userId)]);
  return {
    ...row,
    preferences,
    onboarding: {
      profile: iso(done.profile),
      firstVisit: iso(done.first_visit),
      firstOrder: iso(done.first_order),
    },
  };
}

const iso = (at: Date | undefined) => at?.toISOString() ?? null;
