import { now } from "../clock";
import { moment } from "../email/dates";
import { Layout } from "../email/layout";
import { Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";

/** To the operators: what had failed works again. */
export function healthRecovered(check: string, from: Date, to = now()): Composed {
  return {
    subject: `[Steadfast] Health: ${check} is well again`,
    body: (
      <Layout
        preview={`It had been failing since ${moment(from)}.`}
        title={`Health: ${check} is well again`}
        reason="You get this email because this address is the one for whoever runs the shop."
        toStaff
      >
        <Paragraph>
          It was found failing on {moment(from)}, and found well on {moment(to)}. There is nothing left to do.
        </Paragraph>
      </Layout>
    ),
  };
}
