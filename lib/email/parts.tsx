import { Heading } from "@react-email/heading";
import { Link } from "@react-email/link";
import { Section } from "@react-email/section";
import { Text } from "@react-email/text";
import { Fragment, type ReactNode } from "react";
import { defang, greetingName } from "./customer-text";
import { colours } from "./layout";

const body = { fontSize: 16, lineHeight: "25px", margin: "0 0 14px" };

export function Paragraph({ children }: { children: ReactNode }) {
  return <Text style={body}>{children}</Text>;
}

/** Text with its line breaks, such as an address, a signature or a stack. */
export function Lines({ children }: { children: string }) {
  return children.split(/\r?\n/).map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the lines never move
    <Fragment key={index}>
      {index > 0 ? <br /> : null}
      {line}
    </Fragment>
  ));
}

/** The first line of every email to a person. */
export function Greeting({ name }: { name: string | null }) {
  return <Paragraph>{name === null ? "Hello," : `Hello ${greetingName(name)},`}</Paragraph>;
}

/** The button with the email's call to action. */
export function Action({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Section style={{ margin: "22px 0 6px" }}>
      <Link
        className="action"
        href={href}
        style={{
          backgroundColor: colours.accent,
          borderRadius: 8,
          color: colours.onAccent,
          display: "inline-block",
          fontSize: 16,
          fontWeight: 600,
          padding: "12px 20px",
          textDecoration: "none",
        }}
      >
        {children}
      </Link>
    </Section>
  );
}

export function Subtitle({ children }: { children: string }) {
  return (
    <Heading as="h2" style={{ fontSize: 17, lineHeight: "24px", margin: "22px 0 8px" }}>
      {children}
    </Heading>
  );
}

/** A short list. */
export function Bullets({ items }: { items: string[] }) {
  return (
    <ul style={{ ...body, paddingLeft: 22 }}>
      {items.map((item) => (
        <li key={item} style={{ margin: "0 0 6px" }}>
          {item}
        </li>
      ))}
    </ul>
  );
}

/** A quotation, or a code to copy. */
export function Quote({ children }: { children: ReactNode }) {
  return (
    <Section className="raised" style={{ backgroundColor: colours.raised, borderRadius: 8, margin: "0 0 16px" }}>
      <Text style={{ ...body, margin: 0, padding: "12px 16px" }}>{children}</Text>
    </Section>
  );
}

export interface Row {
  label: string;
  value: string;
}

/** A text that a customer wrote, in an email to somebody else: quoted, with its line breaks, and without links. */
export function CustomerText({ children }: { children: string }) {
  return (
    <Quote>
      <Lines>{defang(children)}</Lines>
    </Quote>
  );
}

/** A table of two columns: label and value. */
export function Rows({ rows, total }: { rows: Row[]; total?: string }) {
  const cell = {
    borderBottom: `1px solid ${colours.line}`,
    fontSize: 15,
    lineHeight: "22px",
    padding: "10px 0",
    verticalAlign: "top",
  };
  const right = { ...cell, paddingLeft: 16, textAlign: "right", whiteSpace: "nowrap" } as const;
  const last = { border: "none", fontWeight: 700 };
  return (
    <table
      cellPadding={0}
      cellSpacing={0}
      data-columns="2"
      style={{ borderCollapse: "collapse", margin: "6px 0 18px", width: "100%" }}
    >
      <tbody>
        {rows.map(({ label, value }) => (
          <tr key={label}>
            <td className="line" style={cell}>
              {label}
            </td>
            <td className="line" style={right}>
              {value}
            </td>
          </tr>
        ))}
        {total === undefined ? null : (
          <tr>
            <td style={{ ...cell, ...last }}>Total</td>
            <td style={{ ...right, ...last }}>{total}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** Built once, because building a format is slow. */
const dayFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** Formats a day as `4 March 2026`, which every reader understands in the same way. */
export const day = (at: Date): string => dayFormat.format(at);

/** Formats a moment as `4 March 2026, 15:30 UTC`. */
export function moment(at: Date): string {
  return `${day(at)}, ${at.toISOString().slice(11, 16)} UTC`;
}
