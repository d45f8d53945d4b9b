"use client";

import * as AlertDialog from "@radix-ui/react-alert-dialog";
import { type ComponentProps, type RefObject, useEffect, useState } from "react";
import { FormBody } from "./action-form";
import { Button } from "./button";
import { DIALOG, OVERLAY } from "./dialog-style";
import { focusContent } from "./return-focus";
import { FormMessage } from "./use-form-action";

export interface ConfirmDialogProps extends ComponentProps<typeof FormBody> {
  title: string;
  question?: string;
  open?: boolean;
  onOpenChange: (open: boolean) => void;
  /** What opens the dialog. It gets the focus back. */
  trigger: RefObject<HTMLElement | null>;
}

const focusMessage = (element: HTMLElement | null) =>
  element?.querySelector<HTMLElement>("[data-form-message]")?.focus();

/** A dialog that asks for a confirmation. It closes after a success, or shows its message if no toast does. */
export function ConfirmDialog({ title, question, open = false, onOpenChange, trigger, ...form }: ConfirmDialogProps) {
  const { state, pending, children } = form;
  // The result of an earlier attempt is old when the dialog opens again.
  const [seen, setSeen] = useState(state);
  const current = seen === state ? {} : state;
  const isDone = current.good === true;
  const close = () => {
    setSeen(state);
    onOpenChange(false);
  };
  const isToast = isDone && !current.message;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new result closes the dialog
  useEffect(() => {
    if (isToast) close();
  }, [isToast]);
  const onOpenAutoFocus = (event: Event) => {
    if (!children || !(event.currentTarget instanceof HTMLElement)) return;
    // Without fields, the focus is on the button that changes nothing.
    event.preventDefault();
    event.currentTarget.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  };
  const onCloseAutoFocus = (event: Event) => {
    event.preventDefault();
    // An action that succeeded may have removed the button.
    if (trigger.current) trigger.current.focus({ preventScroll: true });
    else focusContent();
  };
  return (
    <AlertDialog.Root onOpenChange={(next) => !(next || pending) && close()} open={open}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={OVERLAY} />
        <AlertDialog.Content
          className={`${DIALOG} grid w-[min(32rem,calc(100vw-2rem))] gap-4 p-5 sm:p-6`}
          onCloseAutoFocus={onCloseAutoFocus}
          onOpenAutoFocus={onOpenAutoFocus}
        >
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description className={isDone ? "sr-only" : "text-muted"}>
            {question ?? "Please confirm."}
          </AlertDialog.Description>
          {isDone ? (
            <div className="grid justify-items-end gap-4 *:first:w-full" ref={focusMessage}>
              <FormMessage {...current} />
              <AlertDialog.Cancel asChild>
                <Button kind="quiet">Close</Button>
              </AlertDialog.Cancel>
            </div>
          ) : (
            <FormBody
              {...form}
              beside={
                <AlertDialog.Cancel asChild>
                  <Button disabled={pending} kind="quiet" type="button">
                    Go back
                  </Button>
                </AlertDialog.Cancel>
              }
              state={current}
            />
          )}
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
