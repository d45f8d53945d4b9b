"use client";

import { useEffect, useState } from "react";
import { TextField } from "@/app/ui/field";

/** How long the suggestions wait for the next key. */
const DELAY_MS = 150;

/** A field for a SKU. It suggests the products whose name or SKU contains what is typed. Without JavaScript, it is a plain field. */
export function ProductField({ defaultValue }: { defaultValue?: string }) {
  const [typed, setTyped] = useState("");
  const [products, setProducts] = useState<{ sku: string; name: string }[]>([]);
  const q = typed.trim();
  useEffect(() => {
    if (q === "") return;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const response = await fetch(`/api/admin/search?q=${encodeURIComponent(q)}`, { signal: controller.signal });
        if (response.ok) setProducts((await response.json()).products.items);
      } catch {
        // Without suggestions, the field still takes a SKU.
      }
    }, DELAY_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [q]);
  return (
    <>
      <TextField
        autoComplete="off"
        defaultValue={defaultValue}
        label="Product (SKU)"
        list="known-products"
        name="product"
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        size={14}
      />
      <datalist id="known-products">
        {products.map(({ sku, name }) => (
          <option key={sku} value={sku}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
