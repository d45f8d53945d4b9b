import { Missing } from "@/app/ui/missing";

export default function StoreNotFound() {
  return <Missing home={{ href: "/", label: "To the products" }} />;
}
