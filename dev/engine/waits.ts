import { at, type JsonObject } from "./json";
import { indexable, type WaitKey } from "./wait-key";

/** Something that an event can end: a step that waits, or a run that an event cancels. */
export interface Wait {
  id: string;
  event: string;
  key?: WaitKey;
}

/** Waits of one event name: by the value they ask for, or, when no equality is known, in one heap to try each. */
interface Named<T> {
  keyed: Map<string, Map<string, Set<T>>>;
  other: Set<T>;
}

/** Finds the waits an event may end without looking at the ones it cannot: by event name, then by an equal field. */
export class WaitIndex<T extends Wait> {
  readonly #byEvent = new Map<string, Named<T>>();
  readonly #byId = new Map<string, T>();

  get size(): number {
    return this.#byId.size;
  }

  add(wait: T): void {
    this.remove(wait.id);
    this.#byId.set(wait.id, wait);
    let named = this.#byEvent.get(wait.event);
    if (!named) {
      named = { keyed: new Map(), other: new Set() };
      this.#byEvent.set(wait.event, named);
    }
    if (!wait.key) {
      named.other.add(wait);
      return;
    }
    const values = named.keyed.get(wait.key.path) ?? new Map<string, Set<T>>();
    named.keyed.set(wait.key.path, values);
    const same = values.get(wait.key.value) ?? new Set<T>();
    values.set(wait.key.value, same);
    same.add(wait);
  }

  remove(id: string): void {
    const wait = this.#byId.get(id);
    if (!wait) return;
    this.#byId.delete(id);
    const named = this.#byEvent.get(wait.event);
    named?.other.delete(wait);
    if (!wait.key) return;
    const values = named?.keyed.get(wait.key.path);
    const same = values?.get(wait.key.value);
    same?.delete(wait);
    if (same?.size === 0) values?.delete(wait.key.value);
  }

  /** The waits for `name` that the fields of `event` do not rule out. */
  candidates(name: string, event: JsonObject): T[] {
    const named = this.#byEvent.get(name);
    if (!named) return [];
    const found = [...named.other];
    for (const [path, values] of named.keyed) {
      const value = indexable(at(event, path));
      if (value !== undefined) found.push(...(values.get(value) ?? []));
    }
    return found;
  }
}
