import { route } from "@/app/http";
import { notFound } from "@/lib/errors";

/** What no other route takes: a problem like any other, where Next.js would answer with a page. */
const nothing = route<{ path: string[] }>(async () => {
  throw notFound("address in this API");
});

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT };
