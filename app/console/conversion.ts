/**
 * Returns which share of the placed orders is confirmed, such as `92 %`, or `none` without orders. The shop does not follow its
 * visitors, so visits do not count.
 */
export const conversion = ({ placed, confirmed }: { placed: number; confirmed: number }): string =>
  placed === 0 ? "none" : `${Math.min(100, Math.round((100 * confirmed) / placed))} %`;
