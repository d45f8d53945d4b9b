import { Fragment } from "react";

/** Where an email address or a URL may break: after its separators. */
const PARTS = /(?<=[@/?&=:_-])|(?=\.)/;

/** An email address or a URL, which breaks between its parts where a line is too short. In a table, it does so only on a phone. */
export function Breakable({ text }: { text: string }) {
  return text.split(PARTS).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other key
    <Fragment key={index}>
      {index > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));
}
