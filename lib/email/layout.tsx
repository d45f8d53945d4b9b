import { Body, Container, Head, Heading, Hr, Html, Link, Preview, Section, Text } from "@react-email/components";
import type { ReactNode } from "react";

const colours = {
  ink: "#1c1917",
  muted: "#6b645e",
  line: "#e7e3df",
  paper: "#ffffff",
  ground: "#f6f4f1",
  accent: "#0f766e",
};
const font = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

interface Frame {
  /** What an inbox shows beside the subject. */
  preview: string;
  title: string;
  /** Why the reader gets this mail: a sentence for the footer. */
  reason?: string;
  /** Where the reader ends mail of this kind; for all that is not transactional. */
  unsubscribe?: string;
  children: ReactNode;
}

const BECAUSE_OF_AN_ORDER = "You get this mail because of an order placed with this address.";

/** The frame of every mail. */
export function Layout({ preview, title, reason = BECAUSE_OF_AN_ORDER, unsubscribe, children }: Frame) {
  return (
    <Html lang="en">
      <Head>
        <meta name="color-scheme" content="light" />
      </Head>
      <Preview>{preview}</Preview>
      <Body
        style={{
          backgroundColor: colours.ground,
          color: colours.ink,
          fontFamily: font,
          margin: 0,
          padding: "24px 12px",
        }}
      >
        <Container style={{ backgroundColor: colours.paper, borderRadius: 12, maxWidth: 560, padding: "32px 28px" }}>
          <Text
            style={{ color: colours.accent, fontSize: 14, fontWeight: 700, letterSpacing: 0.5, margin: "0 0 20px" }}
          >
            STEADFAST
          </Text>
          <Heading as="h1" style={{ fontSize: 22, lineHeight: "30px", margin: "0 0 16px" }}>
            {title}
          </Heading>
          {children}
          <Hr style={{ borderColor: colours.line, margin: "28px 0 16px" }} />
          <Text style={{ color: colours.muted, fontSize: 13, lineHeight: "20px", margin: 0 }}>
            {reason} Questions? Just answer it.
          </Text>
          {unsubscribe ? (
            <Text style={{ color: colours.muted, fontSize: 13, lineHeight: "20px", margin: "8px 0 0" }}>
              <Link href={unsubscribe} style={{ color: colours.muted, textDecoration: "underline" }}>
                Unsubscribe
              </Link>
            </Text>
          ) : null}
        </Container>
      </Body>
    </Html>
  );
}

export function Paragraph({ children }: { children: ReactNode }) {
  return <Text style={{ fontSize: 16, lineHeight: "25px", margin: "0 0 14px" }}>{children}</Text>;
}

export function Action({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Section style={{ margin: "22px 0 6px" }}>
      <Link
        href={href}
        style={{
          backgroundColor: colours.accent,
          borderRadius: 8,
          color: "#ffffff",
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

/** A short list. */
export function Bullets({ items }: { items: string[] }) {
  return (
    <ul style={{ fontSize: 16, lineHeight: "25px", margin: "0 0 14px", paddingLeft: 22 }}>
      {items.map((item) => (
        <li key={item} style={{ margin: "0 0 6px" }}>
          {item}
        </li>
      ))}
    </ul>
  );
}

/** A table of two columns: what, and how much. */
export function Lines({ rows, total }: { rows: { label: string; amount: string }[]; total: string }) {
  const cell = { borderBottom: `1px solid ${colours.line}`, fontSize: 15, lineHeight: "22px", padding: "10px 0" };
  const right = { ...cell, paddingLeft: 16, textAlign: "right" as const, whiteSpace: "nowrap" as const };
  return (
    <table cellPadding={0} cellSpacing={0} style={{ borderCollapse: "collapse", margin: "6px 0 8px", width: "100%" }}>
      <tbody>
        {rows.map(({ label, amount }) => (
          <tr key={label}>
            <td style={cell}>{label}</td>
            <td style={right}>{amount}</td>
          </tr>
        ))}
        <tr>
          <td style={{ ...cell, borderBottom: "none", fontWeight: 700 }}>Total</td>
          <td style={{ ...right, borderBottom: "none", fontWeight: 700 }}>{total}</td>
        </tr>
      </tbody>
    </table>
  );
}
