import type { Role } from "@/prisma/generated/enums";
import { type Address, addressSchema } from "../address";
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
  address: Address | null;
  /** Which optional emails the user receives. */
  preferences: Preferences;
  /** When the user did each for the first time (ISO 8601), or null. */
  onboarding: { profile: string | null; firstVisit: string | null; firstOrder: string | null };
}

/** Returns a user's own account. @throws AppError `not_found` (404) */
export async function viewAccount(userId: string): Promise<AccountView> {
  const user = await db().user.findUnique({
    where: { id: userId },
    select: { id: true, email: true, name: true, role: true, profile: { select: { phone: true, address: true } } },
  });
  if (!user) throw notFound("account");
  const { profile, ...account } = user;
  const [preferences, progress] = await Promise.all([preferencesOf(user.email), progressOf(userId)]);
  return {
    ...account,
    phone: profile?.phone ?? null,
    address: addressSchema.nullable().parse(profile?.address ?? null),
    preferences,
    onboarding: {
      profile: iso(progress.profile),
      firstVisit: iso(progress.first_visit),
      firstOrder: iso(progress.first_order),
    },
  };
}

const iso = (at: Date | undefined) => at?.toISOString() ?? null;

/** A user as the console shows them. */
export interface InspectedUser {
  id: string;
  name: string;
  email: string;
  role: Role;
  /** The number of orders with this address, placed with or without the account. */
  orders: number;
  createdAt: Date;
}

/** Returns a user for the console. @throws AppError `not_found` (404) */
export async function inspectUser(id: string): Promise<InspectedUser> {
  const user = await db().user.findUnique({
    where: { id },
    select: { id: true, name: true, email: true, role: true, createdAt: true },
  });
  if (!user) throw notFound("user");
  return { ...user, orders: await db().order.count({ where: { email: user.email } }) };
}
