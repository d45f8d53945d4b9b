import { document } from "@/app/contract/document";
import { json, route } from "@/app/http";

export const GET = route(async () => json(document()));
