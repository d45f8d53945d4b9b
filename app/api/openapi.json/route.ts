import { document } from "@/app/contract/document";
import { allowOnly, json, route } from "@/app/http";

export const GET = route(async () => json(document()));

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
