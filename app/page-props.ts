/** The props of a page: its path parameters. */
export type PageParams<Name extends string> = { params: Promise<Record<Name, string>> };

/** The props of a page: its query parameters. Each is optional. */
export type PageQuery<Name extends string> = { searchParams: Promise<Partial<Record<Name, string>>> };
