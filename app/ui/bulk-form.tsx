"use client";

import { createContext, type FormEvent, type ReactNode, useContext, useEffect, useState } from "react";
import { type BulkState, mergeStates } from "./bulk-state";
import { Button } from "./button";
import { Progress } from "./display";
import { failedState } from "./form-values";
import { TextLink } from "./link";
import { BULK_FORM, SELECT, selectedIds } from "./selection";
import { FormMessage, useFormAction } from "./use-form-action";

/** The rows of one request of a browser with JavaScript. It sends several, and shows how many rows are done. */
const ROWS_PER_REQUEST = 5;

const Selected = createContext<(id: string) => boolean>(() => false);

interface Props {
  action: (before: BulkState, form: FormData) => Promise<BulkState>;
  /** What the rows are, such as `orders`. */
  noun: string;
  /** The address that downloads the selected rows, for the button with this value. Without JavaScript, the action redirects to it. */
  download?: { value: string; href: (ids: string[]) => string };
  hidden?: Record<string, string>;
  /** Returns the fields and the buttons of the actions. */
  panels: (field: ReturnType<typeof useFormAction<BulkState>>["field"], busy: boolean) => ReactNode;
  /** The rows, each with a `SelectRow`. */
  children: ReactNode;
}

/** A form that changes the selected rows of a list. Without JavaScript, the page shows the result after a reload. */
export function BulkForm({ action, noun, download, hidden = {}, panels, children }: Props) {
  const [progress, setProgress] = useState<{ value: number; max: number }>();
  // The server renders the form with the action itself.
  const send = typeof window === "undefined" ? action : inParts(action, setProgress);
  const { state, pending, form, field } = useFormAction<BulkState>(send, {});
  const { failed = [], left = [], good, values } = state;
  // A repetition for the rows that are left has the same key, so it changes no row twice.
  const sent = good && left.length === 0 ? undefined : values;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    const submitter = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null;
    const ids = selectedIds(new FormData(event.currentTarget));
    if (!download || submitter?.getAttribute("value") !== download.value || ids.length === 0)
      return form.onSubmit(event);
    event.preventDefault();
    window.location.assign(download.href(ids));
  };
  const isSelected = (id: string) =>
    state.failed ? left.includes(id) || failed.some((row) => row.id === id) : !good && values?.[SELECT + id] === "on";
  return (
    <Selected value={isSelected}>
      <form
        {...form}
        className="grid gap-3 rounded-2xl border border-line bg-paper p-4"
        id={BULK_FORM}
        onSubmit={onSubmit}
      >
        <FormMessage {...state} partly={failed.length + left.length > 0}>
          {failed.length > 0 ? (
            <ul className="mt-1 grid gap-1">
              {failed.map(({ id, label, href, reason }) => (
                <li key={id}>
                  <TextLink className="text-current" href={href}>
                    {label}
                  </TextLink>
                  : {reason}
                </li>
              ))}
            </ul>
          ) : null}
        </FormMessage>
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} name={name} type="hidden" value={sent?.[name] ?? value} />
        ))}
        <SelectAll noun={noun} />
        {pending && progress ? <Progress label={`Done: ${noun}`} {...progress} /> : null}
        {panels(field, pending)}
      </form>
      {children}
    </Selected>
  );
}

/**
 * Returns an action that calls `action` for a few rows after the other, and merges what became of them, until a call is refused or
 * fails. After a lost connection, the rows of its call count as left, because it is not known if they are changed.
 */
const inParts =
  (action: Props["action"], onProgress: (progress: { value: number; max: number } | undefined) => void) =>
  async (before: BulkState, form: FormData): Promise<BulkState> => {
    const ids = selectedIds(form);
    const send = (at: number) =>
      action(before, withRows(form, ids.slice(at, at + ROWS_PER_REQUEST))).catch((error): BulkState => {
        const { message, values } = failedState(error, form);
        return { message: `${message} The rows that are left stay selected, and none changes twice.`, values };
      });
    let all = await send(0);
    for (let at = ROWS_PER_REQUEST; all.changed && at < ids.length; at += ROWS_PER_REQUEST) {
      onProgress({ value: at, max: ids.length });
      all = mergeStates(all, await send(at), ids.slice(at));
    }
    onProgress(undefined);
    return all;
  };

/** Returns a copy of a form with only these of the selected rows. */
function withRows(form: FormData, ids: string[]): FormData {
  const part = new FormData();
  for (const [name, value] of form) if (!name.startsWith(SELECT)) part.append(name, value);
  for (const id of ids) part.append(SELECT + id, "on");
  return part;
}

const boxes = (): HTMLInputElement[] => [
  ...document.querySelectorAll<HTMLInputElement>(`input[form="${BULK_FORM}"][name^="${SELECT}"]`),
];
const countSelected = (): number => boxes().filter(({ checked }) => checked).length;

/** Selects all rows of the page, and shows how many are selected. Without JavaScript, it says what the checkboxes are for. */
function SelectAll({ noun }: { noun: string }) {
  const [count, setCount] = useState<number>();
  // Each render may have other rows.
  useEffect(() => setCount(countSelected()));
  useEffect(() => {
    const onChange = () => setCount(countSelected());
    // An action resets the form. The event comes before the reset.
    const onReset = () => queueMicrotask(onChange);
    document.addEventListener("change", onChange);
    document.addEventListener("reset", onReset);
    return () => {
      document.removeEventListener("change", onChange);
      document.removeEventListener("reset", onReset);
    };
  }, []);
  // As high as what replaces it, so that no click misses its target.
  if (count === undefined)
    return <p className="flex min-h-11 items-center text-muted text-sm">Select {noun} below, then choose an action.</p>;
  return (
    <div className="flex flex-wrap items-center gap-x-5">
      <label className="inline-flex min-h-11 items-center gap-3">
        <input
          checked={count > 0 && count === boxes().length}
          className="size-6 accent-accent"
          onChange={({ currentTarget: { checked } }) => {
            for (const box of boxes()) box.checked = checked;
            setCount(countSelected());
          }}
          type="checkbox"
        />
        Select all on this page
      </label>
      <p className="text-muted text-sm tabular-nums" role="status">
        {count} selected
      </p>
    </div>
  );
}

/** The checkbox of a row. `label` names it for screen readers: `Select order 100001`. */
export function SelectRow({ id, label }: { id: string; label: string }) {
  const isSelected = useContext(Selected);
  return (
    <input
      aria-label={label}
      className="size-6 shrink-0 accent-accent"
      defaultChecked={isSelected(id)}
      form={BULK_FORM}
      name={`${SELECT}${id}`}
      type="checkbox"
    />
  );
}

/** A button that starts an action. */
export function BulkButton({ value, busy, children }: { value: string; busy: boolean; children: ReactNode }) {
  return (
    <Button busy={busy} kind="quiet" name="action" type="submit" value={value}>
      {children}
    </Button>
  );
}
