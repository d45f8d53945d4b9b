/** The headers of every response. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  // Browsers ignore it over HTTP (RFC 6797, section 8.1).
  "strict-transport-security": "max-age=63072000; includeSubDomains",
};

/** Further headers of `/api/inngest`. To compress each response to Inngest, which is next door, costs a tenth of an order. */
export const INNGEST_HEADERS = { "cache-control": "no-store, no-transform" };
