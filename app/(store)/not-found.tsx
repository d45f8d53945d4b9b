import { NotFoundMessage } from "@/app/ui/not-found";

export default function StoreNotFound() {
  return <NotFoundMessage home={{ href: "/", label: "Go to products" }} />;
}
