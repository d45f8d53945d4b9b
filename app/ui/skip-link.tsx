/** The first focusable element of a page. It skips the navigation and jumps to the element with the id `content`. */
export function SkipLink() {
  return (
    <a
      className="sr-only focus:not-sr-only focus:absolute focus:m-3 focus:rounded-lg focus:bg-accent focus:px-4 focus:py-2 focus:text-on-accent"
      href="#content"
    >
      Skip to content
    </a>
  );
}
