import { existsSync } from "node:fs";

// Imported first, before any module reads the environment. Variables that are already set have precedence over the file.
if (existsSync(".env")) process.loadEnvFile(".env");
