export { NotFoundMessage as default } from "@/app/ui/error-message";
