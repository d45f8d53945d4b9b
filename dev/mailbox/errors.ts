import { json, type Reply } from "../stand-in/http";

/** The names of Resend's errors that the stand-in answers (docs: "Errors"). */
export type ErrorName =
  | "application_error"
  | "concurrent_idempotent_requests"
  | "internal_server_error"
  | "invalid_api_key"
  | "invalid_attachment"
  | "invalid_from_address"
  | "invalid_idempotency_key"
  | "invalid_idempotent_request"
  | "invalid_parameter"
  | "method_not_allowed"
  | "missing_api_key"
  | "missing_required_field"
  | "not_found"
  | "rate_limit_exceeded"
  | "validation_error";

/** An answer in Resend's error shape: `{statusCode, name, message}`. */
export class ResendError extends Error {
  constructor(
    readonly status: number,
    readonly errorName: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  reply(): Reply {
    const body = { statusCode: this.status, name: this.errorName, message: this.message };
    return json(this.status, body, this.headers);
  }
}

export const refuse = (status: number, name: ErrorName, message: string): ResendError =>
  new ResendError(status, name, message);
