const ADDRESS = /^[^\s@<>",;:()[\]\\]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
const NAMED = /^[^<>\r\n]*<([^<>]+)>$/;

/** The bare address of `a@b.example` or `Name <a@b.example>`, in lower case; nothing if it is neither. */
export function addressOf(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = NAMED.exec(trimmed)?.[1]?.trim() ?? trimmed;
  return bare.length <= 320 && ADDRESS.test(bare) ? bare.toLowerCase() : undefined;
}
