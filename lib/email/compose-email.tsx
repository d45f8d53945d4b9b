import { type ComponentProps, createElement, Fragment, type ReactNode } from "react";
import { Layout } from "./layout";
import { Action, Greeting, Paragraph } from "./parts";
import type { Composed } from "./render-email";

export interface EmailContent extends Partial<Omit<ComponentProps<typeof Layout>, "children">> {
  subject: string;
  preview: string;
  /** The reader, who is greeted; null if the name is not known. Without `name` there is no greeting. */
  name?: string | null;
  /** The label and the URL of the button, if there is one. */
  action?: string;
  href?: string;
}

/** Composes an email: greeting, parts, button. A text becomes a paragraph. The title is the subject unless it is given. */
export function composeEmail({ subject, name, action, href, ...frame }: EmailContent, ...parts: ReactNode[]): Composed {
  const paragraph = (part: ReactNode) => (typeof part === "string" ? createElement(Paragraph, null, part) : part);
  return {
    subject,
    body: (
      <Layout title={subject} {...frame}>
        {name === undefined ? null : <Greeting name={name} />}
        {createElement(Fragment, null, ...parts.map(paragraph))}
        {href ? <Action href={href}>{action}</Action> : null}
      </Layout>
    ),
  };
}
