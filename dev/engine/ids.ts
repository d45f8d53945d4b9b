import { createHash, randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A source of numbers in [0, 1). */
export type Random = () => number;

/** Repeatable numbers (mulberry32): the same seed gives the same sequence. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A seed for engines that need not be repeatable. */
export const randomSeed = (): number => randomBytes(4).readUInt32LE();

function encode(value: bigint, length: number): string {
  let text = "";
  for (let rest = value, i = 0; i < length; i += 1, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

/** A ULID of `millis` and ten bytes. */
function ulid(millis: number, entropy: Uint8Array): string {
  const number = entropy.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return encode(BigInt(Math.floor(millis)), 10) + encode(number, 16);
}

/**
 * ULIDs that sort in the order they were made, also within one millisecond. `boot` counts the starts of the engine: on a
 * virtual clock a restart happens in the same moment, with the same random numbers.
 */
export function ulidFactory(now: () => number, random: Random, boot: () => number): () => string {
  let last = 0;
  let count = 0;
  return () => {
    last = Math.max(last, now());
    count += 1;
    const entropy = Buffer.alloc(10);
    // The counters in the high bytes keep the order. The rest differs between two engines at the same time.
    entropy.writeUInt16BE(boot() % 0x10000, 0);
    entropy.writeUInt32BE(count >>> 0, 2);
    entropy.writeUInt32BE(Math.floor(random() * 0xffffffff), 6);
    return ulid(last, entropy);
  };
}

/** Whether `text` has the form of a ULID. */
export const isUlid = (text: string): boolean => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i.test(text);

/**
 * The internal id of the n-th event (from 1) of a request with header `x-inngest-event-id-seed: <ms>,<base64 of 10
 * bytes>`; undefined for a malformed seed. A repeated send thus names the same events (server: pkg/event/id.go).
 */
export function seededEventId(seed: string | undefined, index: number): string | undefined {
  const [millis = "", base64 = "", more] = (seed ?? "").split(",");
  const entropy = Buffer.from(base64, "base64");
  if (!/^[1-9]\d*$/.test(millis) || entropy.length !== 10 || more !== undefined) return undefined;
  entropy.writeUInt32BE((entropy.readUInt32BE(6) + index) >>> 0, 6);
  return ulid(Number(millis), entropy);
}

/** A UUID made of `text`; the server too derives a function's id from its name. */
export function uuidOf(text: string): string {
  const hex = createHash("sha1").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
