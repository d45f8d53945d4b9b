import { Empty, PageContent, StatusBadge, Titled } from "@/app/ui/display";
import { TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { SearchForm } from "@/app/ui/list";
import { searchEverything, searchSchema } from "@/lib/console/search";
import { consolePage } from "../console-page";
import { groupsOf, type Hit, type HitGroup } from "./groups";

export const metadata = { title: "Search" };

export default consolePage<"q">(async ({ q: typed }) => {
  const q = searchSchema.safeParse(typed).data;
  return (
    <PageContent title="Search">
      <SearchForm path="/console/search" submit="Search">
        <TextField
          autoFocus
          defaultValue={typed}
          id="console-search"
          label="Orders, customers, products, emails and runs"
          name="q"
          type="search"
        />
      </SearchForm>
      <p className="pointer-coarse:hidden text-muted text-sm">
        Press / or Ctrl-K on any page of the console to search, and ? for all shortcuts.
      </p>
      {q ? <Results q={q} /> : null}
    </PageContent>
  );
});

async function Results({ q }: { q: string }) {
  const groups = groupsOf(await searchEverything(q), q);
  if (groups.length === 0)
    return (
      <Empty title={`Nothing found for “${q}”`}>
        Search for an order number, an email address, a name, a SKU, a payment id or a tracking number.
      </Empty>
    );
  return (
    <div className="grid items-start gap-6 *:min-w-0 xl:grid-cols-2">
      {groups.map((group) => (
        <Found key={group.title} {...group} />
      ))}
    </div>
  );
}

function Found({ title, hits, all }: HitGroup) {
  return (
    <Titled title={title}>
      {hits.length > 0 ? (
        <ul className="divide-y divide-line rounded-2xl border border-line bg-paper">
          {hits.map((hit) => (
            <Row key={hit.href} {...hit} />
          ))}
        </ul>
      ) : null}
      {all ? (
        <p>
          <TextLink href={all.href}>{all.label}</TextLink>
        </p>
      ) : null}
    </Titled>
  );
}

function Row({ href, name, note, status }: Hit) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3">
      <span className="min-w-0 wrap-anywhere">
        <TextLink href={href}>{name}</TextLink>
        {note ? <span className="block text-muted text-sm">{note}</span> : null}
      </span>
      {status ? <StatusBadge status={status} /> : null}
    </li>
  );
}
