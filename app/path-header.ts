/** The header with the requested path. The sign-in page uses it to return the user to this path. */
export const PATH_HEADER = "x-steadfast-path";
