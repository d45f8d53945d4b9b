import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { PATH_HEADER } from "@/app/path-header";
import { currentUser, hasRole, type Viewer } from "@/lib/auth/viewer";
import type { Role } from "@/prisma/generated/enums";

/** Who looks at this page, if anybody known. */
export async function viewer(): Promise<Viewer | null> {
  return currentUser(await headers());
}

/** For a page that needs an account: whoever has none is sent to sign in, and comes back. */
export async function requireViewer(): Promise<Viewer> {
  const path = (await headers()).get(PATH_HEADER) ?? "/";
  return (await viewer()) ?? redirect(`/sign-in?next=${encodeURIComponent(path)}`);
}

/** For a page or an action of the console: a customer is told that there is no such page. */
export async function requireOperator(role: Role = "manager"): Promise<Viewer> {
  const user = await requireViewer();
  return hasRole(user, role) ? user : notFound();
}
