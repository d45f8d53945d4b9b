import { StoreFrame } from "./store-frame";
import { Missing } from "./ui/not-found";

/** For addresses that nothing answers to, and for pages that one may not know of. */
export default function NotFound() {
  return (
    <StoreFrame>
      <Missing home={{ href: "/", label: "To the products" }} />
    </StoreFrame>
  );
}
