import { NotFoundMessage } from "@/app/ui/not-found";

export default function ConsoleNotFound() {
  return <NotFoundMessage home={{ href: "/console", label: "Go to overview" }} />;
}
