/** The shop's colours (app/globals.css) that emails use. Email programs do not support CSS variables. */
export const colours = {
  ink: "#1c1917",
  muted: "#625b54",
  line: "#e2dcd5",
  paper: "#ffffff",
  raised: "#f1eeea",
  ground: "#f7f5f2",
  accent: "#0f6e66",
  onAccent: "#ffffff",
};

/** Dark colours, for email programs with a dark mode (Apple's, Outlook's, Thunderbird). The others stay light. */
export const DARK = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground, .ground > table > tbody > tr > td { background-color: #141210 !important; color: #f3efe9 !important; }
  .paper { background-color: #1e1b18 !important; border-color: #2fc9b5 !important; }
  .raised { background-color: #292521 !important; }
  .muted { color: #aaa299 !important; }
  .line { border-color: #38322c !important; }
  .accent { color: #2fc9b5 !important; }
  .action { background-color: #2fc9b5 !important; color: #062a26 !important; }
}`;
