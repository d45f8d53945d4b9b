import { Fragment, isValidElement, type ReactElement, type ReactNode } from "react";

/** The line breaks before and after a tag: with two, there is an empty line. */
const LINE_BREAKS: Record<string, 1 | 2> = { br: 1, h1: 2, h2: 2, hr: 2, li: 1, p: 2, table: 2, tr: 1, ul: 2 };
const INVISIBLE = new Set(["head", "img", "script", "style"]);
/** The spaces of HTML, which do not include the non-breaking space. */
const SPACES = /[ \t\r\n\f]+/;
const RULE = "-".repeat(40);
const COLUMN_GAP = 3;
const MAX_COLUMN_WIDTH = 52;

interface Props {
  [name: string]: unknown;
  children?: ReactNode;
}

/**
 * Returns the text of an email, made from the same elements as its HTML. Links are followed by their address, and a table with
 * `data-columns` gets columns. Components must be functions without hooks, as those of React Email are.
 */
export function plainText(body: ReactNode): string {
  const writer = new TextWriter();
  write(body, writer);
  return writer.text;
}

/** Collects text. Line breaks are written only between texts, so that nested blocks have one empty line between them. */
class TextWriter {
  text = "";
  #lineBreaks = 0;
  #hasSpace = false;

  add(text: string): void {
    const words = text.split(SPACES);
    const line = words.filter(Boolean).join(" ");
    const spaceBefore = this.#hasSpace || (words.length > 1 && words[0] === "");
    this.#hasSpace = line === "" ? spaceBefore : words.at(-1) === "";
    if (line === "") return;
    if (this.text !== "") this.text += this.#lineBreaks > 0 ? "\n".repeat(this.#lineBreaks) : spaceBefore ? " " : "";
    this.text += line;
    this.#lineBreaks = 0;
  }

  /** Begins a new line (1) or a new paragraph (2), unless the text has already begun one. */
  separate(lineBreaks: 1 | 2): void {
    this.#lineBreaks = Math.max(this.#lineBreaks, lineBreaks);
  }

  /** Adds text that keeps its spaces. */
  addLine(line: string): void {
    this.separate(1);
    this.text += (this.text === "" ? "" : "\n".repeat(this.#lineBreaks)) + line;
    this.#lineBreaks = 1;
  }
}

function write(node: ReactNode, writer: TextWriter): void {
  if (typeof node === "string" || typeof node === "number") writer.add(String(node));
  else if (Array.isArray(node)) for (const child of node) write(child, writer);
  else if (isValidElement<Props>(node)) writeElement(node, writer);
}

function writeElement({ type, props }: ReactElement<Props>, writer: TextWriter): void {
  if (typeof type === "string") writeTag(type, props, writer);
  else if (type === Fragment) write(props.children, writer);
  else write(renderComponent(type, props), writer);
}

/** Calls a component, or the function that `forwardRef` wraps. */
function renderComponent(type: unknown, props: Props): ReactNode {
  const component = typeof type === "object" && type !== null && "render" in type ? type.render : type;
  if (typeof component !== "function") throw new TypeError("An email consists of tags and function components.");
  return component(props, null);
}

function writeTag(tag: string, props: Props, writer: TextWriter): void {
  if (INVISIBLE.has(tag) || props["data-skip-in-text"]) return;
  const lineBreaks = LINE_BREAKS[tag];
  if (lineBreaks) writer.separate(lineBreaks);
  if (tag === "table" && props["data-columns"]) for (const line of columns(props.children)) writer.addLine(line);
  else if (tag === "hr") writer.add(RULE);
  else if (tag === "li") writer.addLine(` * ${plainText(props.children)}`);
  else if (tag === "a") writeLink(props, writer);
  else write(props.children, writer);
  if (lineBreaks) writer.separate(lineBreaks);
}

function writeLink({ href, children }: Props, writer: TextWriter): void {
  const text = plainText(children);
  writer.add(href === text || href === `mailto:${text}` ? text : `${text} ${href}`);
}

/** Returns the lines of a table, with its cells below each other. A long label continues on the next line. */
function columns(children: ReactNode): string[] {
  const rows = elements(children, "tr").map(({ props }) => {
    const [label = "", ...cells] = elements(props.children, "td").map((cell) => plainText(cell.props.children));
    return { label: wrap(label), cells };
  });
  const width = Math.max(0, ...rows.flatMap(({ label }) => label.map((line) => line.length))) + COLUMN_GAP;
  return rows.flatMap(({ label: [first = "", ...rest], cells }) => [[first.padEnd(width), ...cells].join(""), ...rest]);
}

/** Returns the text in lines of at most `MAX_COLUMN_WIDTH` letters, unless a word is longer. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = [...lines.slice(-1), word].join(" ");
    if (lines.length > 0 && longer.length <= MAX_COLUMN_WIDTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Returns the elements with this tag, in document order. */
function elements(node: ReactNode, tag: string): ReactElement<Props>[] {
  if (Array.isArray(node)) return node.flatMap((child) => elements(child, tag));
  if (!isValidElement<Props>(node)) return [];
  return node.type === tag ? [node] : elements(node.props.children, tag);
}
