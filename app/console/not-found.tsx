import { Missing } from "@/app/ui/missing";

export default function ConsoleNotFound() {
  return <Missing home={{ href: "/console", label: "To the overview" }} />;
}
