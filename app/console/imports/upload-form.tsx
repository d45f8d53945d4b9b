"use client";

import { useRouter } from "next/navigation";
import { type DragEvent, type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/app/ui/button";
import { Progress } from "@/app/ui/display";
import { FileField } from "@/app/ui/field";
import type { FormState } from "@/app/ui/form-state";
import { FormMessage } from "@/app/ui/use-form-action";
import { ImportOptions } from "./import-options";

const ADDRESS = "/api/admin/imports/upload";

interface Props {
  maxBytes: number;
  /** The error for a file above the limit. */
  tooLarge: string;
  /** The error and the options of the form as a browser without JavaScript sent it. */
  refusal?: string;
  options?: { type?: string; dryRun?: string };
}

/**
 * Uploads a file to the API. It is no server action, because Next.js would hold every action to the size of an upload, and it shows
 * how much is sent. Without JavaScript the browser sends the form itself and is redirected.
 */
export function UploadForm({ maxBytes, tooLarge, refusal, options }: Props) {
  const [state, setState] = useState<FormState>(refusal ? { message: refusal } : {});
  const [sent, setSent] = useState<number>();
  const [isTarget, setIsTarget] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const router = useRouter();
  useEffect(() => {
    if (state.message) form.current?.querySelector<HTMLElement>("[data-form-message]")?.focus();
  }, [state]);

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const file = data.get("file");
    if (file instanceof File && file.size > maxBytes) return setState({ message: tooLarge });
    setState({});
    setSent(0);
    const refuse = (problem: FormState) => {
      setSent(undefined);
      setState(problem);
    };
    upload(data, setSent).then(({ id, ...problem }) => (id ? router.push(`/console/imports/${id}`) : refuse(problem)));
  };
  // A file that is dropped beside the field would replace the page.
  const onDragOver = (event: DragEvent) => {
    event.preventDefault();
    setIsTarget(true);
  };
  const onDrop = (event: DragEvent) => {
    const input = form.current?.querySelector<HTMLInputElement>("input[type=file]");
    setIsTarget(false);
    if (event.target === input) return;
    event.preventDefault();
    if (input && event.dataTransfer.files.length > 0) input.files = event.dataTransfer.files;
  };
  return (
    <form
      action={ADDRESS}
      className={`grid gap-4 rounded-lg ${isTarget ? "outline-2 outline-accent outline-offset-8 outline-dashed" : ""}`}
      encType="multipart/form-data"
      method="post"
      onDragLeave={() => setIsTarget(false)}
      onDragOver={onDragOver}
      onDrop={onDrop}
      onSubmit={onSubmit}
      ref={form}
    >
      <FormMessage {...state} />
      {/* Before the file, so that they are known if the file is refused. */}
      <ImportOptions id="upload" values={options} />
      <FileField
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        hint={`Choose a CSV file, or drop it here. At most ${Math.round(maxBytes / 104_857.6) / 10} MB.`}
        label="File"
        name="file"
        required
      />
      {sent === undefined ? null : <Progress label="Uploaded (percent)" max={100} value={sent} />}
      <div>
        <Button busy={sent !== undefined} type="submit">
          Upload
        </Button>
      </div>
    </form>
  );
}

/** Sends the form. Returns the id of the import, or the problem. `fetch` would not tell how much is sent. */
function upload(form: FormData, onProgress: (percent: number) => void): Promise<FormState & { id?: string }> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? Math.round((100 * loaded) / total) : 0);
    request.onerror = () =>
      resolve({ message: "The upload was interrupted. Please check your connection and send it again." });
    request.onload = () => resolve(readAnswer(request));
    request.open("POST", ADDRESS);
    request.setRequestHeader("accept", "application/json");
    request.responseType = "json";
    request.send(form);
  });
}

function readAnswer({ status, response }: XMLHttpRequest): FormState & { id?: string } {
  const { id, detail, errors }: { id?: string; detail?: string; errors?: FormState["errors"] } = response ?? {};
  if (status === 201) return { id };
  if (status === 401)
    return { message: "Your session has ended. Please sign in, then send this form again.", signIn: true };
  return { message: detail ?? "The file could not be uploaded. Please try again.", errors };
}
