import { StoreFrame } from "./store-frame";
import { NotFoundMessage } from "./ui/not-found";

/** For addresses that nothing answers to, and for pages that one may not know of. */
export default function NotFound() {
  return (
    <StoreFrame>
      <NotFoundMessage home={{ href: "/", label: "Go to products" }} />
    </StoreFrame>
  );
}
