import { now } from "../clock";
import { Layout, Paragraph } from "./layout";
import type { Composed } from "./order-mails";

/** To the operators: what had failed works again. */
export function healthRecovered(check: string, from: Date, to = now()): Composed {
  const time = (at: Date) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return {
    subject: `[Steadfast] Health: ${check} is well again`,
    body: (
      <Layout
        preview={`It was failing since ${time(from)}.`}
        title={`${check} is well again`}
        reason="You get this mail because you operate this shop."
      >
        <Paragraph>
          It was found failing at {time(from)} and found well at {time(to)}. There is nothing left to do.
        </Paragraph>
      </Layout>
    ),
  };
}
