"use client";

import { useContext } from "react";
import { RefusedForm } from "@/app/ui/form-state";

interface QuantityProps {
  id: string;
  /** What is counted. */
  label: string;
  name: string;
  max: number;
  defaultValue: number;
}

/** A number from 0 to `max`, with its label beside it. */
export function QuantityField({ label, id, name, max, defaultValue }: QuantityProps) {
  const { values } = useContext(RefusedForm);
  return (
    <div className="grid grid-cols-[5rem_1fr] items-center gap-3">
      <input
        className="min-h-11 w-full rounded-lg border border-edge bg-paper px-3 py-2 tabular-nums"
        defaultValue={values?.[name] ?? defaultValue}
        id={id}
        max={max}
        min={0}
        name={name}
        type="number"
      />
      <label className="min-w-0 text-sm wrap-anywhere" htmlFor={id}>
        of {max} × {label}
      </label>
    </div>
  );
}
