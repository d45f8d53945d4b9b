import { styleText } from "node:util";
import type { World } from "../world";

const DAY = 86_400_000;

/** Prints what happens, under the day it happens on, and closes each day with what went out. */
export class Diary {
  #since: number;

  constructor(private readonly world: World) {
    this.#since = world.clock.now();
  }

  tell(sentence: string): void {
    const time = new Date(this.world.clock.now()).toISOString().slice(11, 16);
    console.log(`  ${styleText("dim", time)}  ${sentence}`);
  }

  morning(): void {
    console.log(styleText("bold", `\n${new Date(this.world.clock.now()).toUTCString().slice(0, 16)}`));
  }

  /** Lets the rest of the day pass, up to nine the next morning (UTC), and says what was sent meanwhile. */
  async night(): Promise<void> {
    await this.until(Math.floor(this.world.clock.now() / DAY) * DAY + DAY + 9 * 3_600_000 + 60_000);
  }

  async until(next: number): Promise<void> {
    await this.world.clock.advance(next - this.world.clock.now());
    const mails = await this.world.sql<{ kind: string; count: string }>(
      "SELECT kind, count(*) FROM mails WHERE sent_at >= $1 AND sent_at < $2 GROUP BY kind ORDER BY kind",
      [new Date(this.#since), new Date(next)],
    );
    this.#since = next;
    const list = mails.map(({ kind, count }) => `${count} × ${kind.replaceAll("_", " ")}`).join(", ");
    console.log(styleText("dim", `         mail by the next morning: ${list || "none"}`));
  }
}
