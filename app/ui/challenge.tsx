"use client";

import { useEffect, useRef } from "react";

interface Turnstile {
  render(element: HTMLElement, options: { sitekey: string }): string;
  remove(widget: string): void;
}

declare global {
  interface Window {
    turnstile?: Turnstile;
  }
}

const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

/**
 * Cloudflare's widget, which adds the token of a solved challenge to the form around it. A token is valid once, so each new value
 * of `request` shows a new widget (developers.cloudflare.com/turnstile/get-started/client-side-rendering).
 */
export function Challenge({ siteKey, request }: { siteKey: string; request?: unknown }) {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new request needs a new widget
  useEffect(() => {
    let widget: string | undefined;
    const show = () => {
      if (box.current) widget = window.turnstile?.render(box.current, { sitekey: siteKey });
    };
    const script = document.querySelector<HTMLScriptElement>(`script[src="${SCRIPT}"]`) ?? appendScript();
    if (window.turnstile) show();
    else script.addEventListener("load", show);
    return () => {
      script.removeEventListener("load", show);
      if (widget !== undefined) window.turnstile?.remove(widget);
    };
  }, [siteKey, request]);
  return (
    <div ref={box}>
      <noscript>This check needs JavaScript.</noscript>
    </div>
  );
}

function appendScript(): HTMLScriptElement {
  const script = document.createElement("script");
  script.src = SCRIPT;
  document.head.append(script);
  return script;
}
