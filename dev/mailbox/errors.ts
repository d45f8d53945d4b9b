import { json, type Reply } from "../shared/http";

/** An answer in Resend's error shape: `{statusCode, name, message}` (docs: "Errors"). */
export class ResendError extends Error {
  constructor(
    readonly status: number,
    readonly errorName: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  reply(headers: Record<string, string>): Reply {
    const body = { statusCode: this.status, name: this.errorName, message: this.message };
    return json(this.status, body, { ...headers, ...this.headers });
  }
}
