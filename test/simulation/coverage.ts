import { ANSWER_FAULTS, type Boundary, CALL_FAULTS, type FaultKind, STATEMENT_FAULTS } from "./scenario";
import type { Outcome } from "./simulator";

const KINDS: Record<Boundary, readonly FaultKind[]> = {
  stripe: [...CALL_FAULTS, ...ANSWER_FAULTS],
  mailbox: [...CALL_FAULTS, ...ANSWER_FAULTS],
  inngest: [...CALL_FAULTS, ...ANSWER_FAULTS],
  app: CALL_FAULTS,
  sql: STATEMENT_FAULTS,
};

/** Counts which faults struck where. A hole is a fault that has not struck a call or statement that was seen. */
export class Coverage {
  private readonly sites = new Map<string, { seen: number; struck: Map<FaultKind, number> }>();

  add({ seen, strikes }: Outcome): void {
    for (const [site, count] of Object.entries(seen)) this.of(site).seen += count;
    for (const { fault, site } of strikes) {
      const { struck } = this.of(`${fault.at} ${site}`);
      struck.set(fault.kind, (struck.get(fault.kind) ?? 0) + 1);
    }
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

  private of(site: string) {
    const known = this.sites.get(site) ?? { seen: 0, struck: new Map<FaultKind, number>() };
    this.sites.set(site, known);
    return known;
  }
}

function boundaryOf(site: string): Boundary {
  const [name] = site.split(" ");
  return name === "stripe" || name === "mailbox" || name === "inngest" || name === "app" ? name : "sql";
}
