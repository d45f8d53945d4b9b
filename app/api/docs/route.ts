import { createHash } from "node:crypto";
import { endpoint, methodNotAllowed } from "@/app/endpoint";

const SCRIPT = `SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#docs", deepLinking: true, filter: true, validatorUrl: null })`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference · Steadfast</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script>${SCRIPT}</script>
</body>
</html>
`;

/** Swagger UI sets `style` attributes and has its icons as `data:` URLs. It loads nothing from another host. */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`,
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

export const GET = endpoint({
  summary: "Shows this document in Swagger UI",
  responses: { 200: { description: "A page", mediaType: "text/html" } },
  handler: () =>
    new Response(PAGE, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    }),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
