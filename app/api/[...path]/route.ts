import { route } from "@/app/http";
import { notFound } from "@/lib/errors";

/** Answers a problem for every other path below `/api`, where Next.js sends an HTML page. */
const unknownPath = route<{ path: string[] }>(async () => {
  throw notFound("address in this API");
});

export {
  unknownPath as DELETE,
  unknownPath as GET,
  unknownPath as OPTIONS,
  unknownPath as PATCH,
  unknownPath as POST,
  unknownPath as PUT,
};
