import { cache } from "react";
import { countAttention } from "@/lib/console/attention";

/** Returns what waits for a person. The navigation and the overview of one request share the answer. */
export const attentionCounts = cache(countAttention);
