import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { PATH_HEADER } from "@/app/path-header";
import { currentUser, hasRole, type Viewer } from "@/lib/auth/viewer";
import type { Role } from "@/prisma/generated/enums";

/** Returns the signed-in user, or null. One lookup for each request. */
export const viewer = cache(async (): Promise<Viewer | null> => currentUser(await headers()));

/** Returns the signed-in user. Redirects other visitors to the sign-in page, which returns them to this page. */
export async function requireViewer(): Promise<Viewer> {
  const path = (await headers()).get(PATH_HEADER) ?? "/";
  return (await viewer()) ?? redirect(`/sign-in?next=${encodeURIComponent(path)}`);
}

/** Returns the signed-in user with at least this role. Other users see the page "not found". */
export async function requireOperator(role: Role = "manager"): Promise<Viewer> {
  const user = await requireViewer();
  return hasRole(user, role) ? user : notFound();
}
