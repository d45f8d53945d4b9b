import { ButtonLink } from "./button";

interface Props {
  nextCursor: string | null;
  query?: Record<string, string | undefined>;
}

/** A link to the next page of a list. It keeps the filters of `query`. */
export function Pager({ nextCursor, query = {} }: Props) {
  if (!nextCursor) return null;
  const filters = Object.fromEntries(Object.entries(query).filter(([, value]) => value));
  return (
    <p className="mt-6">
      <ButtonLink href={{ query: { ...filters, cursor: nextCursor } }} kind="quiet">
        Next
      </ButtonLink>
    </p>
  );
}
