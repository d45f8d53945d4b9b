import { ActionForm } from "@/app/ui/action-form";
import { Card } from "@/app/ui/display";
import { TextArea } from "@/app/ui/field";
import type { FormState } from "@/app/ui/form-state";
import { Timestamp } from "@/app/ui/timestamp";
import type { NoteView } from "@/lib/notes";

interface Props {
  notes: NoteView[];
  action: (before: FormState, form: FormData) => Promise<FormState>;
  hidden: Record<string, string>;
}

/** The internal notes about an order or a customer, newest first, with a form for another one. */
export function Notes({ notes, action, hidden }: Props) {
  return (
    <Card title="Notes">
      {notes.length === 0 ? <p className="text-muted text-sm">No notes yet. Customers do not see notes.</p> : null}
      <ul className="grid gap-3">
        {notes.map(({ id, text, writtenBy, createdAt }) => (
          <li key={id}>
            <p className="whitespace-pre-line wrap-anywhere">{text}</p>
            <p className="text-muted text-sm">
              {writtenBy}, <Timestamp at={createdAt} />
            </p>
          </li>
        ))}
      </ul>
      <ActionForm action={action} hidden={hidden} kind="quiet" submit="Add note">
        <TextArea label="New note" maxLength={2_000} name="text" required />
      </ActionForm>
    </Card>
  );
}
