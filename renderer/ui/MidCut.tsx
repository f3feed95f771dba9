/**
 * Text whose end tells it from others of its kind, such as a path or the name of a task: where there is no room for all
 * of it, it is cut in its middle. Its whole is told on hover and to screen readers.
 */
export function MidCut({ text, end }: { text: string; end: number }) {
  const at = Math.max(0, text.length - end);
  return (
    <>
      <span className="sr-only">{text}</span>
      <span className="mid-cut" title={text} aria-hidden>
        <span>{text.slice(0, at)}</span>
        <span>{text.slice(at)}</span>
      </span>
    </>
  );
}
