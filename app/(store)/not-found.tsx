export { NotFoundMessage as default } from "@/app/ui/not-found";
