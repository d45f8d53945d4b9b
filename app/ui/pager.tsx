import { ButtonLink } from "./button";

/** Leads to the next page of a list, with the rest of its query kept. */
export function Pager({
  nextCursor,
  query = {},
}: {
  nextCursor: string | null;
  query?: Record<string, string | undefined>;
}) {
  if (!nextCursor) return null;
  const kept = Object.fromEntries(Object.entries(query).filter(([, value]) => value));
  return (
    <p className="mt-6">
      <ButtonLink href={{ query: { ...kept, cursor: nextCursor } }} kind="quiet">
        More
      </ButtonLink>
    </p>
  );
}
