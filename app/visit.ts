import { currentUser, type Viewer } from "@/lib/auth/viewer";
import { recordVisit } from "@/lib/onboarding/progress";

/** Who is asking, if anybody known, having noted that they were here. Costs nothing for a visitor without a cookie. */
export async function visitor(headers: Headers): Promise<Viewer | null> {
  if (!headers.has("cookie")) return null;
  const user = await currentUser(headers);
  if (user) await recordVisit(user.id);
  return user;
}
