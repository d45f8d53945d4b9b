/**
 * What keeps a page up to date while somebody looks at it, as a script of its own (`/live.js`): each part marked `data-live`
 * is replaced when it has changed, and nothing else moves, so that neither the scroll position nor an open detail nor the
 * focus elsewhere is lost. It rests while the page is hidden, while somebody works inside a part, and when told to.
 */
export const LIVE = `
const EVERY = 2000;
const parts = (from) => [...from.querySelectorAll("[data-live]")];
let seen = parts(document).map((part) => part.outerHTML);
let paused = false;

async function refresh() {
  if (paused || document.hidden) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const next = parts(new DOMParser().parseFromString(await answer.text(), "text/html"));
  const shown = parts(document);
  if (next.length !== shown.length) return location.reload();
  next.forEach((part, index) => {
    const html = part.outerHTML;
    const old = shown[index];
    if (html === seen[index] || old.contains(document.activeElement) || old.querySelector("details[open]")) return;
    seen[index] = html;
    old.replaceWith(part);
  });
}

const pause = document.createElement("button");
pause.type = "button";
pause.className = "live";
pause.textContent = "Live";
const label = () => pause.setAttribute("aria-pressed", String(!paused));
pause.addEventListener("click", () => { paused = !paused; label(); });
label();
if (seen.length > 0) {
  document.querySelector("header nav")?.append(pause);
  setInterval(() => refresh().catch(() => {}), EVERY);
}
`;
