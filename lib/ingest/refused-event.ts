import { raiseAlert } from "../alerts";

/** Alerts the operators of an event that could not be taken in, once for each event. */
export const alertRefusedEvent = (name: string, id: string, error: string): Promise<boolean> =>
  raiseAlert({
    kind: "event_refused",
    incident: `event-refused:${id}`,
    subject: `An event ${name} could not be taken in: ${error}`.slice(0, 300),
    detail: { name, id, error },
    once: true,
  });
