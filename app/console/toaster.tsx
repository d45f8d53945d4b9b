"use client";

import { startTransition, useEffect, useRef, useState } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { registerToaster } from "@/app/ui/toast";

/** How long a toast is in view. The time stops while the pointer is over it, and while the window is hidden. */
const DURATION_MS = 8_000;

/** The results of actions that succeeded. It is a live region, which a screen reader reads aloud. */
export function Toaster() {
  const [messages, setMessages] = useState<string[]>([]);
  const shown = useRef(0);
  // In a transition, the message appears together with what the action changed on the page.
  useEffect(() => registerToaster((message) => startTransition(() => setMessages((all) => [...all, message]))), []);
  useEffect(() => {
    for (const message of messages.slice(shown.current)) toast(message);
    shown.current = messages.length;
  }, [messages]);
  return (
    <Sonner
      closeButton
      containerAriaLabel="Notifications"
      duration={DURATION_MS}
      position="bottom-right"
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center justify-between gap-3 rounded-xl border border-line bg-good-ground p-4 text-good shadow-lg sm:w-(--width)",
          title: "font-semibold wrap-anywhere",
          closeButton:
            "order-last grid size-8 shrink-0 cursor-pointer place-items-center rounded-lg hover:bg-paper [&>svg]:size-4",
        },
      }}
    />
  );
}
