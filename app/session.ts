import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { currentUser, mayActAs, type Viewer } from "@/lib/auth/who";
import type { Role } from "@/prisma/generated/enums";

/** Who looks at this page, if anybody known. */
export async function viewer(): Promise<Viewer | null> {
  return currentUser(await headers());
}

/** For a page that needs an account: whoever has none is sent to sign in, and comes back. */
export async function requireViewer(path: string): Promise<Viewer> {
  return (await viewer()) ?? redirect(`/sign-in?next=${encodeURIComponent(path)}`);
}

/** For a page or an action of the console: a customer is told that there is no such page. */
export async function requireOperator(path: string, role: Role = "manager"): Promise<Viewer> {
  const user = await requireViewer(path);
  return mayActAs(user, role) ? user : notFound();
}
