import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** The shell, which has no windows, comes first: a page costs half the processor time. */
const PLACES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map(
  (name) => `/usr/bin/${name}`,
);

/** No connections to Chromium's own services, and no sandbox, which root cannot use. */
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];

/** Starts the system's Chromium. @throws when it is not installed */
export async function launchChromium(): Promise<Browser> {
  const place = process.env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path));
  if (!place)
    throw new Error(
      "Chromium was not found. Install it (Debian: apt-get install chromium-headless-shell), or set CHROMIUM_PATH.",
    );
  return chromium.launch({ executablePath: place, args: FLAGS });
}
