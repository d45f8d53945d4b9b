/** What a problem (RFC 9457) says: its code, and the fields it names. */
export async function problem(response: Response): Promise<{ status: number; code: string; fields: string[] }> {
  const { code, errors = [] } = (await response.json()) as { code: string; errors?: { path: string }[] };
  return { status: response.status, code, fields: errors.map(({ path }) => path) };
}
