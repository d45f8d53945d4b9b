import { findViolations, INVARIANTS, type Violation } from "../invariants";

/** One of the invariants, with everything that breaks it; kept where nothing does. */
export interface InvariantResult {
  id: Violation["invariant"];
  promise: string;
  broken: { what: string; ids: string[] }[];
}

/** Every promise, checked on what the database holds now. */
export async function checkInvariants(): Promise<InvariantResult[]> {
  const violations = await findViolations();
  return Object.entries(INVARIANTS).map(([id, promise]) => {
    const found = violations.filter(({ invariant }) => invariant === id);
    const broken = [...new Set(found.map(({ what }) => what))].map((what) => ({
      what,
      ids: found.flatMap((one) => (one.what === what ? [one.id] : [])),
    }));
    return { id: id as InvariantResult["id"], promise, broken };
  });
}
