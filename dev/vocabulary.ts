import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ts from "typescript";

/**
 * `npm run check`: names use the words of the field. Finds words that only this project used once, in file names, declared
 * names, SQL (tables, columns, CTEs), function and step ids, test titles, and headings. Prose is checked by readers.
 */

/** Words that no name contains, whatever its case. Where two words stand, the second list says what to write. */
const WORDS: Record<string, string> = {
  anew: "again",
  announce: "publish, trigger",
  announced: "published",
  announcing: "publishing",
  beat: "heartbeat",
  beats: "heartbeats",
  deed: "action",
  deeds: "actions",
  door: "route, endpoint, handler",
  doors: "routes, endpoints, handlers",
  duties: "rules, sweeps",
  duty: "rule, sweep",
  ghost: "unknown entity",
  ghosts: "unknown entities",
  heal: "repair",
  healed: "repaired",
  heals: "repairs",
  heard: "received, processed",
  heed: "updateRateLimit",
  hushed: "suppressed",
  kept: "stored",
  lane: "priority",
  lanes: "priorities",
  lively: "fixtures",
  mail: "email",
  mails: "emails",
  mend: "repair",
  mended: "repaired",
  mends: "repairs",
  mishap: "fault",
  mishaps: "faults",
  neighbour: "service",
  neighbours: "services",
  pace: "rate limit",
  patience: "what is waited for, with its unit",
  promise: "invariant",
  promises: "invariants",
  shopper: "customer",
  survey: "sweep",
  tell: "notify",
  tells: "notifies",
  told: "notified",
  tries: "idempotencyKeyVersion, attempts",
  unheard: "unprocessed",
  untold: "unnotified",
  verdict: "status",
};

/** Whole names that say too little or the wrong thing. */
const NAMES = new Set(
  "awaitTurn putOff readMove nextMove Move standsStill eachNoted giveBack callOff giveUp balanceBooks closeIntents claimIntent recordIntent reportTogether KEY_TRUSTED isPassing isStoredFailure HEAD_START PAUSE ROUND MOST LONG Heard KNOWN Disposition dispose OrderInFull DeliveryInFull OrderKey mayActAs Fact toFact Lane Place lookEvery standing".split(
    " ",
  ),
);

/** Phrases in file names, ids and titles. */
const PHRASES = [
  /stand-?ins?\b/i,
  /set going/i,
  /set aside/i,
  /written down/i,
  /let-it-settle/,
  /at-the-end/,
  /\blook-\d/,
];

/** Names that others define: environment variables, DOM and Node interfaces, JavaScript's own Promise. */
const FOREIGN = new Set([
  "MAIL_FROM",
  "MAIL_OPERATORS",
  "Promise",
  "promise",
  "promises",
  "keepAlive",
  "keepAliveTimeout",
]);

interface Finding {
  place: string;
  name: string;
  hint: string;
}

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" }).split("\n");
const findings: Finding[] = [];

for (const file of files) {
  if (file === "" || file === "dev/vocabulary.ts") continue;
  checkName(file, file.replace(/\.\w+$/, ""), "/");
  if (/\.tsx?$/.test(file)) checkSource(file);
  if (/\.(sql|prisma)$/.test(file)) checkSql(file, read(file));
  if (/\.md$/.test(file)) checkHeadings(file);
}

for (const { place, name, hint } of findings) console.error(`${place}: "${name}" ${hint}`);
if (findings.length > 0) {
  console.error(`${findings.length} names are not in the words of the field.`);
  process.exit(1);
}

/** Reports a name that contains a word of ours. `place` is a file, with a line where there is one. */
function checkName(place: string, name: string, separator?: string): void {
  for (const part of separator ? name.split(separator) : [name]) {
    if (FOREIGN.has(part)) continue;
    if (NAMES.has(part)) findings.push({ place, name: part, hint: "says too little" });
    for (const word of wordsOf(part)) {
      const hint = WORDS[word];
      if (hint) findings.push({ place, name: part, hint: `has "${word}": write ${hint}` });
    }
  }
  for (const phrase of PHRASES) if (phrase.test(name)) findings.push({ place, name, hint: `has ${phrase}` });
}

/** `sendDueMail`, `SEND_DUE`, `send-due_mail` in words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function checkSource(file: string): void {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const at = (node: ts.Node) => `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const visit = (node: ts.Node): void => {
    const name = (node as ts.NamedDeclaration).name;
    if (name && ts.isIdentifier(name) && !ts.isPropertyAccessExpression(node)) checkName(at(node), name.text);
    if (ts.isTaggedTemplateExpression(node)) checkSql(at(node), node.template.getText());
    if (ts.isCallExpression(node)) checkTitle(node);
    if (ts.isJsxElement(node) && /^h[1-6]$/.test(node.openingElement.tagName.getText()))
      checkName(at(node), node.children.map((child) => (ts.isJsxText(child) ? child.text : "")).join(" "), " ");
    ts.forEachChild(node, visit);
  };
  /** Titles of tests, and ids of steps. */
  const checkTitle = (node: ts.CallExpression): void => {
    const [title] = node.arguments;
    const callee = node.expression.getText();
    if (title && ts.isStringLiteralLike(title) && /^(step\.\w+|test|describe|it)$|^test\.each/.test(callee))
      checkName(at(node), title.text, " ");
  };
  visit(source);
}

/** Tables, columns, constraints and CTEs. */
function checkSql(place: string, sql: string): void {
  for (const [, name = ""] of sql.matchAll(/(?:WITH|,)\s+(\w+) AS (?:MATERIALIZED )?\(/g)) checkName(place, name);
  for (const [, name = ""] of sql.matchAll(/(?:"|@map\("|@@map\(")(\w+)"/g)) checkName(place, name);
}

function checkHeadings(file: string): void {
  for (const [index, line] of read(file).split("\n").entries())
    if (/^#+ /.test(line)) checkName(`${file}:${index + 1}`, line.replace(/^#+ /, ""), " ");
}
