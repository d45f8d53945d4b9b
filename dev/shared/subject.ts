/** What an event, a payment or an email is about, for example an order. The local services know no more of the app. */
export interface Subject {
  /** Its name, as people call it. */
  label: string;
  /** The address of its page in the app. */
  url: string;
  /** Other texts to find it by. */
  text: string;
}

/** Finds the subject of each item of `data` by the ids in it. The answer has the order of `data`. Never rejects. */
export type FindSubjects = (data: readonly unknown[]) => Promise<(Subject | undefined)[]>;

/** Knows no subjects. */
export const noSubjects: FindSubjects = async (data) => data.map(() => undefined);
