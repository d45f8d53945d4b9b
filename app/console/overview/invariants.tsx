import { Link } from "@/app/ui/link";
import { Verdict } from "@/app/ui/status-row";
import { Card } from "@/app/ui/surface";
import type { InvariantResult } from "@/lib/console/invariants";

/** The invariants: each kept or broken, and by what. */
export function Promises({ promises }: { promises: InvariantResult[] }) {
  const kept = promises.filter(({ broken }) => broken.length === 0).length;
  return (
    <Card>
      <h2>Promises</h2>
      <p className="mt-1 mb-4 text-muted text-sm">
        {kept} of {promises.length} kept, checked just now on all that the database holds.
      </p>
      <ul className="grid gap-3">
        {promises.map(({ id, promise, broken }) => (
          <Verdict
            good={broken.length === 0}
            key={id}
            reason={broken.length > 0 ? <Reasons broken={broken} /> : null}
            word={`${id} ${broken.length === 0 ? "kept" : "broken"}`}
          >
            {promise.charAt(0).toUpperCase() + promise.slice(1)}
          </Verdict>
        ))}
      </ul>
    </Card>
  );
}

const SHOWN = 5;

function Reasons({ broken }: Pick<InvariantResult, "broken">) {
  return (
    <ul className="grid gap-1">
      {broken.map(({ what, ids }) => (
        <li className="break-words" key={what}>
          {what}:{" "}
          {ids.slice(0, SHOWN).map((id, index) => (
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
          {ids.length > SHOWN ? " and more" : ""}
        </li>
      ))}
    </ul>
  );
}
