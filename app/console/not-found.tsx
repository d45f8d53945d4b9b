import { NotFoundMessage } from "@/app/ui/display";

export default function ConsoleNotFound() {
  return <NotFoundMessage home={{ href: "/console", label: "Go to overview" }} />;
}
