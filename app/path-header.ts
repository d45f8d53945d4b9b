/** Tells a page and its layout which address was asked for, so that whoever has to sign in first comes back to it. */
export const PATH_HEADER = "x-steadfast-path";
