import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Card, Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Timestamp } from "@/app/ui/timestamp";
import { type ApiKeySummary, KEY_OWNER_ROLE, LIFETIMES, listApiKeys, SCOPES } from "@/lib/auth/api-keys";
import { consolePage } from "../console-page";
import { revoke } from "./actions";
import { CreateForm } from "./create-form";

export const metadata = { title: "API keys" };

export default consolePage(async () => {
  const keys = await listApiKeys();
  return (
    <PageContent title="API keys" className="max-w-3xl">
      <p className="text-muted">
        A program sends its key as <code>Authorization: Bearer sk_…</code>. The key opens the endpoints of its scopes,
        in <TextLink href="/api/docs">the API</TextLink> and as MCP tools at <code>/api/mcp</code>.
      </p>
      <Card title="Create a key">
        <CreateForm lifetimes={LIFETIMES} scopes={SCOPES} />
      </Card>
      {keys.length === 0 ? <Empty title="No keys yet">Create a key above for a program.</Empty> : null}
      {keys.map((key) => (
        <KeyCard key={key.id} {...key} />
      ))}
    </PageContent>
  );
}, KEY_OWNER_ROLE);

function KeyCard({ id, name, start, scopes, status, requestsPerMinute, ownerName, ...times }: ApiKeySummary) {
  return (
    <Card className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="wrap-anywhere">{name}</h2>
        <StatusBadge status={status} />
        <code className="text-muted text-sm">{start}…</code>
      </div>
      <p className="text-muted text-sm">{scopes.join(", ")}</p>
      <p className="text-sm">
        {requestsPerMinute} requests a minute. Created by {ownerName} <Timestamp at={times.createdAt} />. Expires{" "}
        <Timestamp at={times.expiresAt} />.{" "}
        {times.lastUsedAt ? (
          <>
            Last used <Timestamp at={times.lastUsedAt} />.
          </>
        ) : (
          "Never used."
        )}
      </p>
      {status === "revoked" ? null : (
        <DisclosedForm
          action={revoke}
          hidden={{ id }}
          label="Revoke key"
          question="Programs that use this key are refused from now on. This cannot be undone."
          submit="Yes, revoke key"
          tone="bad"
        />
      )}
    </Card>
  );
}
