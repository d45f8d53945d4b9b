import { existsSync } from "node:fs";

// Before anything reads the environment; what is set there already wins over the file.
if (existsSync(".env")) process.loadEnvFile(".env");
