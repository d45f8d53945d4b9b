import { ButtonLink } from "./ui/button";

export default function NotFound() {
  return (
    <main className="mx-auto grid max-w-xl justify-items-start gap-4 px-4 py-24">
      <h1>There is nothing here.</h1>
      <p className="text-muted">The address may be mistyped, or the link may be for somebody else.</p>
      <ButtonLink href="/">To the shop</ButtonLink>
    </main>
  );
}
