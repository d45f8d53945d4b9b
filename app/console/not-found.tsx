import { Missing } from "@/app/ui/not-found";

export default function ConsoleNotFound() {
  return <Missing home={{ href: "/console", label: "To the overview" }} />;
}
