import type { ProxiedCall, ProxyFault } from "@/dev/fault-proxy";
import type { TestEnvironment } from "@/dev/test-environment";
import { onStatement } from "../workflow/fault-injection";
import { BOUNDARIES, type Boundary, type Fault, type FaultKind } from "./scenario";

/** A fault that struck: what it struck, such as `POST /v1/payment_intents` or `UPDATE orders`. */
export interface Strike {
  fault: Fault;
  site: string;
}

/** The SQLSTATE with which PostgreSQL refuses a statement. */
const SQL_STATES: Partial<Record<FaultKind, string>> = { conflict: "40001", "disk-full": "53100" };

const html = (status: number) => ({
  status,
  headers: { "content-type": "text/html" },
  body: `<html><body><h1>${status}</h1></body></html>`,
});
const ANSWERS: Partial<Record<FaultKind, Exclude<ProxyFault, string | undefined>>> = {
  "429": { ...html(429), headers: { "content-type": "text/html", "retry-after": "1" } },
  "500": html(500),
  "503": html(503),
  garbage: { status: 200, headers: { "content-type": "application/json" }, body: '{"id":' },
};

/** Injects the faults of a scenario. A fault counts the calls or statements at its boundary from its operation on. */
export class Injector {
  readonly strikes: Strike[] = [];
  /** All that passed each boundary, for the count of what faults can strike. */
  readonly seen = new Map<string, number>();
  private armed: { fault: Fault; left: number }[] = [];
  /** What the current call of the engine does after the fault that hit it on its way in. */
  private readonly pending = new Map<ProxiedCall, FaultKind>();
  private calls = 0;
  /** The process has ended: nothing leaves it until the call that it was answering is lost. */
  private dead: "in-call" | "between" | undefined;
  private readonly restoreStatements: () => void;

  constructor(
    private readonly world: TestEnvironment,
    private readonly faults: Fault[],
    private readonly note: (text: string) => void,
  ) {
    if (!world.wires) throw new Error("The simulation needs wires.");
    world.wires.watch = (call, stage) => (stage === "before" ? this.before(call) : this.after(call));
    this.restoreStatements = onStatement((sql) => this.statement(sql));
  }

  /** Arms the faults of an operation. */
  arm(operation: number): void {
    for (const fault of this.faults) if (fault.from === operation) this.armed.push({ fault, left: fault.nth });
  }

  /** A process that ended is started again. */
  revive(): void {
    this.dead = undefined;
  }

  stop(): void {
    this.armed = [];
    this.revive();
    if (this.world.wires) this.world.wires.watch = undefined;
    this.restoreStatements();
  }

  private take(at: Boundary, site: string): FaultKind | undefined {
    const key = `${at} ${site}`;
    this.seen.set(key, (this.seen.get(key) ?? 0) + 1);
    let struck: FaultKind | undefined;
    for (const one of this.armed)
      if (one.fault.at === at && site === (one.fault.site ?? site) && --one.left === 0 && !struck)
        struck = this.strike(one.fault, site);
    return struck;
  }

  private strike(fault: Fault, site: string): FaultKind {
    this.strikes.push({ fault, site });
    this.note(`${fault.kind} at ${fault.at}: ${site}`);
    return fault.kind;
  }

  private die(): void {
    this.dead = this.calls > 0 ? "in-call" : "between";
  }

  private before(call: ProxiedCall): ProxyFault {
    if (call.to === "app") {
      if (this.dead === "between") this.revive();
      this.calls++;
    } else if (this.dead) return "lost";
    const at = BOUNDARIES.find((boundary) => boundary === call.to);
    const kind = at && this.take(at, siteOf(call));
    if (!kind) return undefined;
    if (kind === "twice") return "again";
    if (kind in ANSWERS) return ANSWERS[kind];
    if (kind === "lost-after" || kind === "crash-after") {
      this.pending.set(call, kind);
      return undefined;
    }
    if (call.to === "app") this.calls--;
    else if (kind === "crash-before") this.die();
    return "lost";
  }

  private after(call: ProxiedCall): ProxyFault {
    const kind = this.pending.get(call);
    this.pending.delete(call);
    if (call.to === "app") {
      this.calls--;
      if (this.dead === "in-call") {
        this.revive();
        return "lost";
      }
      return kind ? "lost" : undefined;
    }
    if (kind === "crash-after") this.die();
    return kind || this.dead ? "lost" : undefined;
  }

  private statement(sql: string): "before" | "after" | { sqlState: string } | undefined {
    if (this.dead) return "before";
    const kind = this.take("sql", statementSite(sql));
    if (!kind) return undefined;
    const sqlState = SQL_STATES[kind];
    if (sqlState) return { sqlState };
    if (kind.startsWith("crash")) this.die();
    return kind.endsWith("after") ? "after" : "before";
  }
}

/** A call without its ids. */
function siteOf({ method, path, to }: ProxiedCall): string {
  const url = new URL(path, "http://x");
  if (to === "app") return `${url.searchParams.get("fnId")?.replace("steadfast-", "") ?? method}`;
  return `${method} ${url.pathname
    .split("/")
    .map((part) => (/\d/.test(part) && part.length > 12 ? ":id" : part))
    .join("/")}`;
}

/** The verb and the table of a statement. */
function statementSite(sql: string): string {
  const control = /^(?:BEGIN|COMMIT|ROLLBACK)/.exec(sql);
  if (control) return control[0];
  const verb = /\b(INSERT INTO|UPDATE|DELETE FROM)\s+"?(?:public"?\."?)?(\w+)/.exec(sql);
  if (verb) return `${verb[1]?.split(" ")[0]} ${verb[2]}`;
  return `SELECT ${/\bFROM\s+"?(?:public"?\."?)?(\w+)/.exec(sql)?.[1] ?? ""}`;
}
