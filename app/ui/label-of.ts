/** The name of a field from its place in the request: `Postal code` of `address.postalCode`. */
export function labelOf(path: string): string {
  const words = (path.split(".").at(-1) ?? path).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
