import { Body } from "@react-email/body";
import { Container } from "@react-email/container";
import { Head } from "@react-email/head";
import { Heading } from "@react-email/heading";
import { Hr } from "@react-email/hr";
import { Html } from "@react-email/html";
import { Link } from "@react-email/link";
import { Preview } from "@react-email/preview";
import { Text } from "@react-email/text";
import type { ReactNode } from "react";
import { emailEnv, storeEnv } from "../env";

const font = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

interface Frame {
  /** The preview text that an inbox shows beside the subject. */
  preview: string;
  title: string;
  /** The footer's sentence about why the reader gets this email. */
  reason?: string;
  /** Whether its readers work for the shop. Then the footer does not invite a reply. */
  toStaff?: boolean;
  /** The unsubscribe link, for optional email. */
  unsubscribe?: string;
  children: ReactNode;
}

const ORDER_REASON = "You get this email because of an order placed with this address.";

/** The frame of every email. */
export function Layout({ preview, title, reason = ORDER_REASON, toStaff = false, unsubscribe, children }: Frame) {
  const address = unsubscribe && emailEnv().EMAIL_POSTAL_ADDRESS;
  const ground = { backgroundColor: colours.ground, color: colours.ink, fontFamily: font };
  // A long word wraps, also in a table cell, so the email is not wider than a phone.
  const wrap = { overflowWrap: "anywhere", wordBreak: "break-word" } as const;
  const small = { color: colours.muted, fontSize: 13, lineHeight: "20px" };
  return (
    <Html lang="en">
      <Head>
        <title>{title}</title>
        <meta content="light dark" name="color-scheme" />
        <meta content="light dark" name="supported-color-schemes" />
        <style>{DARK}</style>
      </Head>
      <Preview>{preview}</Preview>
      <Body className="ground" style={{ ...ground, ...wrap, margin: 0, padding: "24px 12px" }}>
        <Container
          className="paper"
          style={{
            backgroundColor: colours.paper,
            borderRadius: 12,
            borderTop: `4px solid ${colours.accent}`,
            maxWidth: 560,
            padding: "24px 28px",
          }}
        >
          <Text data-skip-in-text="true" style={{ fontSize: 18, fontWeight: 700, margin: "0 0 24px" }}>
            {storeEnv().STORE_NAME}
          </Text>
          <Heading as="h1" style={{ fontSize: 24, letterSpacing: -0.3, lineHeight: "31px", margin: "0 0 18px" }}>
            {title}
          </Heading>
          {children}
          <Hr className="line" style={{ borderColor: colours.line, margin: "28px 0 16px" }} />
          <Text className="muted" style={{ ...small, margin: 0 }}>
            {reason}
            {toStaff ? null : " Questions? Reply to this email."}
          </Text>
          {unsubscribe ? (
            <Text className="muted" style={{ ...small, margin: "8px 0 0" }}>
              {address ? `${address} · ` : null}
              <Link className="muted" href={unsubscribe} style={{ color: colours.muted, textDecoration: "underline" }}>
                Unsubscribe
              </Link>
            </Text>
          ) : null}
        </Container>
      </Body>
    </Html>
  );
}

/** The shop's colours (app/globals.css) that emails use. Email programs do not support CSS variables. */
export const colours = {
  ink: "#1c1917",
  muted: "#625b54",
  line: "#e2dcd5",
  paper: "#ffffff",
  raised: "#f1eeea",
  ground: "#f7f5f2",
  accent: "#0f6e66",
  onAccent: "#ffffff",
};

/** Dark colours, for email programs with a dark mode (Apple's, Outlook's, Thunderbird). The others stay light. */
const DARK = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground, .ground > table > tbody > tr > td { background-color: #141210 !important; color: #f3efe9 !important; }
  .paper { background-color: #1e1b18 !important; border-color: #2fc9b5 !important; }
  .raised { background-color: #292521 !important; }
  .muted { color: #aaa299 !important; }
  .line { border-color: #38322c !important; }
  .accent { color: #2fc9b5 !important; }
  .action { background-color: #2fc9b5 !important; color: #062a26 !important; }
}`;
