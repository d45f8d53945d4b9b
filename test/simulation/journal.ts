import { readFileSync, rmSync, writeFileSync } from "node:fs";

/** The engine's file of a scenario in which the engine restarts. */
export class Journal {
  /** The lines that the engine's last start wrote: one for each row, not in the order of time. */
  private base = 0;

  constructor(readonly path: string) {
    this.delete();
  }

  /** Leaves this share of the lines that were written since the last start, as a backup has them. Each is one commit. */
  cut(share: number): void {
    const lines = this.lines();
    const end = this.base + Math.floor((lines.length - this.base) * share);
    writeFileSync(this.path, lines.slice(0, end).join(""));
  }

  /** The engine has started from what there is. */
  begin(): void {
    this.base = this.lines().length;
  }

  delete(): void {
    this.base = 0;
    rmSync(this.path, { force: true });
  }

  private lines(): string[] {
    return readFileSync(this.path, "utf8").split(/(?<=\n)/);
  }
}
