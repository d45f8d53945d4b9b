import { allowOnly, route } from "@/app/http";
import { auth } from "@/lib/auth/auth";
import { refusal } from "./problem";

const handler = route<{ all: string[] }>(async (request) => {
  const response = await auth().handler(request);
  if (response.status >= 400) throw await refusal(response);
  return response;
});

export { handler as GET, handler as POST };

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
