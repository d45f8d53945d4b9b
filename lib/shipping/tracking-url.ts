/** Where each carrier shows a parcel to the public; the number goes to the end. */
const PAGES: Record<string, string> = {
  dhl: "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
  ups: "https://www.ups.com/track?tracknum=",
  fedex: "https://www.fedex.com/fedextrack/?trknbr=",
  dpd: "https://tracking.dpd.de/status/en_US/parcel/",
  gls: "https://gls-group.eu/EU/en/parcel-tracking?match=",
  usps: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
};

/** The carrier's page for a parcel, for carriers that we know. */
export function trackingUrl(carrier: string, trackingNumber: string): string | undefined {
  const page = PAGES[carrier.trim().toLowerCase()];
  return page && page + encodeURIComponent(trackingNumber);
}
