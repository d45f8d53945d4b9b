import { ANSWER_FAULTS, type Boundary, CALL_FAULTS, type FaultKind, type Scenario, STATEMENT_FAULTS } from "./scenario";
import type { Outcome } from "./simulator";

const KINDS: Record<Boundary, readonly FaultKind[]> = {
  stripe: [...CALL_FAULTS, ...ANSWER_FAULTS],
  mailbox: [...CALL_FAULTS, ...ANSWER_FAULTS],
  inngest: [...CALL_FAULTS, ...ANSWER_FAULTS],
  app: CALL_FAULTS,
  sql: STATEMENT_FAULTS,
};

interface Site {
  seen: number;
  struck: Map<FaultKind, number>;
  /** A scenario that comes to this site. */
  example: Scenario;
  /** The faults that `aim` has tried here. */
  aimed: Set<FaultKind>;
}

/** Counts which faults struck where. A hole is a fault that has not struck a call or statement that was seen. */
export class Coverage {
  private readonly sites = new Map<string, Site>();

  add(example: Scenario, { seen, strikes }: Outcome): void {
    const of = (site: string) => {
      const known = this.sites.get(site) ?? { seen: 0, struck: new Map(), example, aimed: new Set() };
      this.sites.set(site, known);
      return known;
    };
    for (const [site, count] of Object.entries(seen)) of(site).seen += count;
    for (const { fault, site } of strikes) {
      const { struck } = of(`${fault.at} ${site}`);
      struck.set(fault.kind, (struck.get(fault.kind) ?? 0) + 1);
    }
  }

  /** Returns a scenario that came to a site, with a further fault that has not struck there; undefined if each was tried. */
  aim(): Scenario | undefined {
    for (const [name, { struck, example, aimed }] of this.sites) {
      const at = boundaryOf(name);
      const kind = KINDS[at].find((one) => !struck.has(one) && !aimed.has(one));
      const [first] = example.operations;
      if (!kind || !first) continue;
      aimed.add(kind);
      const fault = { from: first.id, at, site: name.slice(at.length + 1), nth: 1, kind };
      // Some sites are only reached after a fault.
      return { ...example, faults: [...example.faults, fault] };
    }
    return undefined;
  }

  /** Returns a line for each site: how often it was seen, and how often each fault struck it. */
  table(): string[] {
    return [...this.sites]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([site, { seen, struck }]) => {
        const counts = [...struck].map(([kind, count]) => `${kind} ${count}`).sort();
        return `${site.padEnd(52)} seen ${String(seen).padStart(7)}  ${counts.join(", ") || "never struck"}`;
      });
  }

  summary(): string {
    const all = [...this.sites].map(([site, { struck }]) => [KINDS[boundaryOf(site)].length, struck.size] as const);
    const possible = all.reduce((sum, [kinds]) => sum + kinds, 0);
    const reached = all.reduce((sum, [, struck]) => sum + struck, 0);
    const never = all.filter(([, struck]) => struck === 0).length;
    return `coverage: ${reached} of ${possible} faults × sites; ${never} of ${all.length} sites were never struck`;
  }
}

function boundaryOf(site: string): Boundary {
  const [name] = site.split(" ");
  return name === "stripe" || name === "mailbox" || name === "inngest" || name === "app" ? name : "sql";
}
