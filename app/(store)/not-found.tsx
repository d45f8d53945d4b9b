export { NotFoundMessage as default } from "@/app/ui/display";
