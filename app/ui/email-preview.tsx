/** An email as HTML. Without permissions: its scripts do not run, and its links open nothing. */
export function EmailPreview({ subject, html }: { subject: string; html: string }) {
  return (
    <iframe
      className="mt-2 h-[40rem] w-full rounded-xl border border-line bg-white"
      loading="lazy"
      sandbox=""
      srcDoc={html}
      title={`The email “${subject}” as HTML`}
    />
  );
}
