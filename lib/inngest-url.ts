import { inngestEnv } from "./env";

/**
 * Where people see runs: on a server of one's own or the Dev Server `/run?runID=` and `/runs?search=`, at Inngest Cloud the same within
 * the environment (source: the routes of `ui/apps` in inngest/inngest).
 */
const pages = () => {
  const {
    INNGEST_BASE_URL,
    INNGEST_PUBLIC_URL: own = INNGEST_BASE_URL,
    INNGEST_ENV: environment = "production",
  } = inngestEnv();
  const cloud = `https://app.inngest.com/env/${encodeURIComponent(environment)}`;
  return { runs: `${own ?? cloud}/runs`, run: own ? `${own}/run?runID=` : `${cloud}/runs/` };
};

/** Returns the address of the page of a run. */
export const runUrl = (id: string): string => `${pages().run}${encodeURIComponent(id)}`;

/** Returns the address of the list of the runs that an event started, by the id that its sender gave it. */
export const eventRunsUrl = (eventId: string): string =>
  `${pages().runs}?search=${encodeURIComponent(`event.id == ${JSON.stringify(eventId)}`)}`;
