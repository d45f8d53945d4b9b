import { Missing } from "./ui/missing";

/** For addresses that nothing answers to, and for pages that one may not know of. */
export default function NotFound() {
  return (
    <main className="px-4">
      <Missing home={{ href: "/", label: "To the shop" }} />
    </main>
  );
}
