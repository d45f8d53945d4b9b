import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Chromium looks for its maker's hosts at every start; none of it is needed here, and root has no sandbox. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the system's Chromium. @throws when there is none, saying how to get it */
export async function launchChromium(): Promise<Browser> {
  const place = process.env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path));
  if (!place)
    throw new Error(
      "There is no Chromium. Install it (Debian: apt-get install chromium), or say where it is with CHROMIUM_PATH.",
    );
  return chromium.launch({ executablePath: place, args: FLAGS });
}
