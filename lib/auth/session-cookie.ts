/** The prefix of the cookies of better-auth. */
export const COOKIE_PREFIX = "steadfast";

/** better-auth's cookie for the session. */
export const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;

/** Its name when the shop has HTTPS (better-auth.com/docs/concepts/cookies). */
export const SECURE_SESSION_COOKIE = `__Secure-${SESSION_COOKIE}`;
