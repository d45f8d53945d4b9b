import { Layout, Paragraph } from "./layout";
import type { Composed } from "./order-mails";

/** To the operators: something needs a person. */
export function operatorAlert(alert: { subject: string; detail: unknown }): Composed {
  return {
    subject: `[Steadfast] ${alert.subject}`,
    body: (
      <Layout
        preview={alert.subject}
        title={alert.subject}
        reason="You get this mail because this address is the one for whoever runs the shop."
      >
        <Paragraph>Somebody should look at this. What is known:</Paragraph>
        <pre style={{ fontSize: 13, overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
          {JSON.stringify(alert.detail, null, 2)}
        </pre>
      </Layout>
    ),
  };
}
