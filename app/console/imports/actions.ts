"use server";

import { redirect } from "next/navigation";
import { act, checked } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { createImport, importSchema } from "@/lib/imports/create-import";

export async function start(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: by }) => {
    const { id } = await createImport(checked(importSchema, { url: form.get("url"), type: form.get("type") }), by);
    redirect(`/console/imports/${id}`);
  });
}
