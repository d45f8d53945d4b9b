import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** No connections to Chromium's own services, and no sandbox, which root cannot use. */
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];

/** Starts the system's Chromium. @throws when it is not installed */
export async function launchChromium(): Promise<Browser> {
  const place = process.env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path));
  if (!place)
    throw new Error("Chromium was not found. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.");
  return chromium.launch({ executablePath: place, args: FLAGS });
}
