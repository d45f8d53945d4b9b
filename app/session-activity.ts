import { currentUser, type Viewer } from "@/lib/auth/viewer";
import { recordVisit } from "@/lib/onboarding/progress";

/** Returns the signed-in user, if any, and records the visit. A request without a cookie costs no query. */
export async function trackSession(headers: Headers): Promise<Viewer | null> {
  if (!headers.has("cookie")) return null;
  const user = await currentUser(headers);
  if (user) await recordVisit(user.id);
  return user;
}
