/**
 * The script of every page (`/live.js`). Every two seconds it replaces each part marked `data-live` that has changed. Open details
 * stay open, ticked boxes stay ticked, the focus stays on the same link, and a part with selected text is left alone. It does
 * nothing while the page is hidden or the reader has paused it. It also shows times in the reader's zone, and makes the frame of an
 * email as high as the email.
 */
export const LIVE_UPDATE = `
const INTERVAL_MS = 2000;
const parts = (from) => [...from.querySelectorAll("[data-live]")];
const keyOf = (element) => element.getAttribute("href") ?? element.getAttribute("value") ?? element.closest("[id]")?.id;
let seen = parts(document).map((part) => part.outerHTML);
let paused = false;

const two = (value) => String(value).padStart(2, "0");
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

function showLocalTimes(within) {
  for (const time of within.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
    time.title = timeZone + "; " + time.textContent;
    time.textContent = date + " " + [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  }
}

function replace(old, part) {
  showLocalTimes(part);
  for (const one of old.querySelectorAll("details[open][id]")) part.querySelector("#" + CSS.escape(one.id))?.setAttribute("open", "");
  for (const one of old.querySelectorAll("input:checked")) {
    const same = part.querySelector('input[value="' + CSS.escape(one.value) + '"]');
    if (same) same.checked = true;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement : undefined;
  old.replaceWith(part);
  if (!focused) return;
  const same = [...part.querySelectorAll(focused.tagName)].find((one) => keyOf(one) === keyOf(focused));
  same?.focus({ preventScroll: true });
}

async function refresh() {
  if (paused || document.hidden) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const shown = parts(document);
  const next = parts(new DOMParser().parseFromString(await answer.text(), "text/html"));
  const selection = getSelection();
  next.forEach((part, index) => {
    const html = part.outerHTML;
    const old = shown[index];
    if (!old || html === seen[index] || (!selection.isCollapsed && old.contains(selection.anchorNode))) return;
    seen[index] = html;
    replace(old, part);
  });
}

showLocalTimes(document);
const button = document.querySelector("button.live");
if (button) {
  button.disabled = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(!paused));
  });
  setInterval(() => refresh().catch(() => {}), INTERVAL_MS);
}

for (const frame of document.querySelectorAll("iframe")) {
  const fit = () => {
    frame.style.height = "0";
    frame.style.height = frame.contentDocument.documentElement.scrollHeight + 2 + "px";
  };
  let width = 0;
  frame.addEventListener("load", fit);
  new ResizeObserver(() => {
    if (frame.clientWidth !== width && frame.contentDocument?.body) fit();
    width = frame.clientWidth;
  }).observe(frame);
}
`;
