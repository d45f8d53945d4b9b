import { apiKey } from "@better-auth/api-key";

/** The start of every API key. */
export const API_KEY_PREFIX = "sk_";
/** The length of an API key without its prefix. */
export const API_KEY_LENGTH = 64;
export const MAX_API_KEY_DAYS = 365;

/** The plugin's routes, with which any user could create keys. Administrators manage keys in the console (api-keys.ts). */
export const PLUGIN_ROUTES = ["create", "get", "list", "update", "delete"].map((name) => `/api-key/${name}`);

/** Returns better-auth's plugin for API keys: it generates, hashes, stores and verifies them. */
export const apiKeyPlugin = () =>
  apiKey({
    schema: { apikey: { modelName: "apiKey" } },
    defaultPrefix: API_KEY_PREFIX,
    defaultKeyLength: API_KEY_LENGTH,
    startingCharactersConfig: { charactersLength: API_KEY_PREFIX.length + 5 },
    requireName: true,
    maximumNameLength: 100,
    keyExpiration: { maxExpiresIn: MAX_API_KEY_DAYS },
    // Its limiter counts until there is a pause of a whole window. Ours reads the limit from the key.
    rateLimit: { enabled: false },
    // A key opens only endpoints that name a scope of it.
    enableSessionForAPIKeys: false,
  });

/** Returns whether a message of the plugin's log is about a wrong key, which is no error of ours. */
export const isWrongKey = (message: string): boolean => message.startsWith("Failed to validate API key");
