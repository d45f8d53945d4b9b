"use client";

import { type ComponentProps, type ComponentType, type MouseEvent, useRef, useState } from "react";
import { type ActionForm, FormBody } from "./action-form";
import type { ConfirmDialogProps } from "./confirm-dialog";
import { Disclosure, type DisclosureProps } from "./disclosure";
import type { FormState } from "./form-state";
import { useFormAction } from "./use-form-action";

const KINDS = { ink: "quiet", accent: "primary", bad: "danger" } as const;

type Props = Pick<DisclosureProps, "label" | "tone" | "question"> & ComponentProps<typeof ActionForm>;

/**
 * A form that opens on click. A form that cannot be undone, and one without fields, opens as a dialog, because it asks for a
 * confirmation. Before the page is interactive, and without JavaScript, each opens in its place.
 */
export function DisclosedForm({ action, label, tone = "ink", question, ...props }: Props) {
  const result = useFormAction<FormState>(action, {});
  // Without JavaScript, the page has the message of the action when it opens.
  const [wasSent] = useState(Boolean(result.state.message));
  const { Dialog, open, setOpen, summary } = useDialog();
  const form = { kind: KINDS[tone], ...result, ...props };
  const asks = tone === "bad" || !props.children;
  return (
    <>
      <Disclosure label={label} open={wasSent} question={question} summary={asks ? summary : undefined} tone={tone}>
        {open === undefined ? <FormBody {...form} /> : null}
      </Disclosure>
      {Dialog ? (
        <Dialog {...form} onOpenChange={setOpen} open={open} question={question} title={label} trigger={summary.ref} />
      ) : null}
    </>
  );
}

/** Returns a dialog, and what makes the summary of a disclosure open it. Its module is loaded when it is about to open. */
function useDialog() {
  const [Dialog, setDialog] = useState<ComponentType<ConfirmDialogProps>>();
  /** Undefined until the dialog opens for the first time: the form is in its place. */
  const [open, setOpen] = useState<boolean>();
  const ref = useRef<HTMLElement>(null);
  const load = () => import("./confirm-dialog").then((module) => setDialog(() => module.ConfirmDialog));
  const preload = () => void load().catch(() => undefined);
  const onClick = (event: MouseEvent) => {
    const details = ref.current?.parentElement;
    // What was opened before the page became interactive stays in its place.
    if (!(details instanceof HTMLDetailsElement) || details.open) return;
    event.preventDefault();
    setOpen(true);
    load().catch(() => {
      setOpen(undefined);
      details.open = true;
    });
  };
  return { Dialog, open, setOpen, summary: { ref, onClick, onFocus: preload, onPointerEnter: preload } };
}
