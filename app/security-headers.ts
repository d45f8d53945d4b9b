/** The headers of every response. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  // Browsers ignore it over HTTP (RFC 6797, section 8.1).
  "strict-transport-security": "max-age=63072000; includeSubDomains",
};
