/** Replaces the functions by versions whose steps have other ids, as a deploy can while runs sleep. */
export class Deploys {
  private version = 1;

  /** `functions` are those that the app serves. */
  constructor(functions: object[]) {
    for (const one of functions) {
      const original: unknown = Reflect.get(one, "fn");
      if (typeof original !== "function")
        throw new Error("Inngest's SDK keeps the handler of a function elsewhere now.");
      Reflect.set(one, "fn", (context: { step: object }) =>
        original(this.version === 1 ? context : { ...context, step: renamed(context.step, this.version) }),
      );
    }
  }

  /** All further calls run a version whose steps are new to every run. */
  deploy(): void {
    this.version++;
  }

  /** The first version runs again. */
  clear(): void {
    this.version = 1;
  }
}

type Tool = (step: string | { id: string }, ...rest: unknown[]) => unknown;

function renamed(tools: object, version: number): object {
  return new Proxy(tools, {
    get(target, name) {
      const tool: unknown = Reflect.get(target, name);
      if (typeof tool !== "function") return tool;
      const call = tool.bind(target) as Tool;
      const inVersion: Tool = (step, ...rest) =>
        call(typeof step === "string" ? `${step}-v${version}` : { ...step, id: `${step.id}-v${version}` }, ...rest);
      return inVersion;
    },
  });
}
