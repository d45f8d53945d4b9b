import StoreLayout from "./(store)/layout";
import { NotFoundMessage } from "./ui/display";

/** Shown for unknown paths and for pages that the user has no access to. */
export default function NotFound() {
  return (
    <StoreLayout>
      <NotFoundMessage />
    </StoreLayout>
  );
}
