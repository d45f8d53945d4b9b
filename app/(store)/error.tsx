"use client";

export { ErrorMessage as default } from "@/app/ui/error-message";
