import { NotFoundMessage } from "@/app/ui/error-message";

export default function ConsoleNotFound() {
  return <NotFoundMessage home={{ href: "/console", label: "Go to overview" }} />;
}
