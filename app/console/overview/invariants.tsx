import { ActionForm } from "@/app/ui/action-form";
import { Link } from "@/app/ui/link";
import { StatusRow } from "@/app/ui/status-row";
import { Card } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import type { InvariantResult } from "@/lib/console/invariants";
import { checkNow } from "../actions";

const MAX_SHOWN = 5;

/** The invariants as they were at the last check. */
export function Invariants({ invariants }: { invariants: InvariantResult[] }) {
  const times = invariants.map(({ checkedAt }) => checkedAt?.getTime() ?? 0);
  const oldest = Math.min(...times);
  return (
    <Card>
      <h2>Invariants</h2>
      <p className="mt-1 mb-4 text-muted text-sm">
        {oldest > 0 ? (
          <>
            Checked on all data at <Timestamp at={new Date(oldest)} />. A check runs every 15 minutes.
          </>
        ) : (
          "Not checked yet. A check runs every 15 minutes."
        )}
      </p>
      <ul className="mb-4 grid gap-3">
        {invariants.map(({ id, description, checkedAt, violated }) => (
          <StatusRow
            good={violated.length === 0}
            key={id}
            reason={violated.length > 0 ? <Violations violated={violated} /> : null}
            word={`${id} ${violated.length > 0 ? "violated" : checkedAt ? "holds" : "not checked yet"}`}
          >
            {description}
          </StatusRow>
        ))}
      </ul>
      <ActionForm action={checkNow} submit="Check now" />
    </Card>
  );
}

function Violations({ violated }: Pick<InvariantResult, "violated">) {
  return (
    <ul className="grid gap-1">
      {violated.map(({ violation, ids }) => (
        <li className="break-words" key={violation}>
          {violation}:{" "}
          {ids.slice(0, MAX_SHOWN).map((id, index) => (
            <span key={id}>
              {index > 0 ? ", " : ""}
              {id.startsWith("ord_") ? (
                <Link className="underline" href={`/console/orders/${id}`}>
                  {id}
                </Link>
              ) : (
                id
              )}
            </span>
          ))}
          {ids.length > MAX_SHOWN ? " and more" : ""}
        </li>
      ))}
    </ul>
  );
}
