"use client";

import { type ComponentProps, type ComponentType, useEffect, useRef, useState } from "react";
import { type ActionForm, FormBody, useFormAction } from "./action-form";
import type { ConfirmDialogProps } from "./confirm-dialog";
import { Disclosure, type DisclosureProps, TONES } from "./disclosure";
import type { FormState } from "./form-state";

const KINDS = { ink: "quiet", accent: "primary", bad: "danger" } as const;

type Props = Pick<DisclosureProps, "label" | "tone" | "question"> & ComponentProps<typeof ActionForm>;

/**
 * A form that opens on click. A form that cannot be undone, and one without fields, opens as a dialog, because it asks for a
 * confirmation. Without JavaScript each opens in its place.
 */
export function DisclosedForm({ action, label, tone = "ink", question, ...props }: Props) {
  const result = useFormAction<FormState>(action, {});
  // Without JavaScript, the page has the message of the action when it opens.
  const [wasSent] = useState(Boolean(result.state.message));
  const details = useRef<HTMLDetailsElement>(null);
  const { isDialog, dialog, open, setOpen } = useDialog(tone === "bad" || !props.children, details);
  const form = { kind: KINDS[tone], ...result, ...props };
  if (!isDialog)
    return (
      <Disclosure label={label} open={wasSent} question={question} ref={details} tone={tone}>
        <FormBody {...form} />
      </Disclosure>
    );
  const { Dialog, load, trigger } = dialog;
  return (
    <>
      <button
        aria-expanded={open}
        aria-haspopup="dialog"
        className={`flex min-h-11 w-full items-center rounded-xl border border-line bg-paper px-4 py-2 text-left font-medium hover:bg-raised ${TONES[tone]}`}
        onClick={() => setOpen(true)}
        onFocus={load}
        onPointerEnter={load}
        ref={trigger}
        type="button"
      >
        <span>{label}</span>
        <span aria-hidden>…</span>
      </button>
      {Dialog ? (
        <Dialog {...form} onOpenChange={setOpen} open={open} question={question} title={label} trigger={trigger} />
      ) : null}
    </>
  );
}

/** Returns whether a form opens as a dialog, and the dialog. Its module is loaded when the form is about to open. */
function useDialog(asks: boolean, details: { current: HTMLDetailsElement | null }) {
  const [isDialog, setIsDialog] = useState(false);
  const [Dialog, setDialog] = useState<ComponentType<ConfirmDialogProps>>();
  const [open, setIsOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // What was opened before the page became interactive stays open.
    if (asks && !details.current?.open) setIsDialog(true);
  }, [asks, details]);
  const load = () => {
    import("./confirm-dialog").then(
      (module) => setDialog(() => module.ConfirmDialog),
      // Without the module it opens in its place.
      () => setIsDialog(false),
    );
  };
  const setOpen = (next: boolean) => {
    if (next) load();
    setIsOpen(next);
  };
  return { isDialog, dialog: { Dialog, load, trigger }, open, setOpen };
}
