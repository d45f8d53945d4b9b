import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { seeded } from "@/dev/engine/ids";

let random = seeded(0);

const fill = <T extends ArrayBufferView>(view: T): T => {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(random() * 256);
  return view;
};

function uuid(): string {
  const hex = fill(Buffer.alloc(16)).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Replaces the randomness of this process by numbers that `seedRandomness` repeats: of ids, tokens and jitter. */
export function replaceRandomness(): void {
  type Done = (error: Error | null, bytes: Buffer) => void;
  const randomBytes = (size: number, done?: Done) => {
    const bytes = fill(Buffer.alloc(size));
    if (done) setImmediate(done, null, bytes);
    return bytes;
  };
  Object.assign(crypto, { randomBytes, randomUUID: uuid, randomFillSync: fill });
  syncBuiltinESMExports();
  for (const [name, value] of Object.entries({ getRandomValues: fill, randomUUID: uuid }))
    Object.defineProperty(globalThis.crypto, name, { value, configurable: true });
  Math.random = () => random();
}

export function seedRandomness(seed: number): void {
  random = seeded(seed);
}
