import { Missing } from "@/app/ui/not-found";

export default function StoreNotFound() {
  return <Missing home={{ href: "/", label: "To the products" }} />;
}
