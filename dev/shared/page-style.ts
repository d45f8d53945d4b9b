/** The style sheet of every page: narrow and wide, light and dark, one accent colour, nothing loaded from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f7f5f2, #141210); --paper: light-dark(#fff, #1e1b18); --raised: light-dark(#f1eeea, #292521);
  --ink: light-dark(#1c1917, #f3efe9); --muted: light-dark(#625b54, #aaa299); --line: light-dark(#e2dcd5, #38322c); --accent: light-dark(#0f6e66, #2fc9b5);
  --good: light-dark(#166534, #74d99a); --good-ground: light-dark(#e3f4e8, #12301d); --bad: light-dark(#b01c1c, #f58a85); --bad-ground: light-dark(#fce6e5, #3b1513);
  --wait: light-dark(#8a4b05, #f0b45c); --wait-ground: light-dark(#fbeed6, #38260b); }
* { box-sizing: border-box; }
body { background: var(--ground); color: var(--ink); font: 15px/1.55 ui-sans-serif, system-ui, sans-serif; margin: 0; overflow-wrap: anywhere; }
header { background: var(--paper); border-bottom: 1px solid var(--line); }
header nav, main { margin: 0 auto; max-width: 74rem; padding: 0 1.25rem; } header nav { align-items: center; display: flex; gap: .5rem; justify-content: space-between; }
main { padding-block: 1.25rem 3rem; }
h1 { font-size: 1.6rem; letter-spacing: -.02em; line-height: 1.25; margin: .4rem 0 1rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .6rem; }
p { margin: .5rem 0; } .muted, time { color: var(--muted); } time { font-variant-numeric: tabular-nums; }
a { color: var(--accent); text-underline-offset: .15em; }
ul, ol { margin: 0; padding-left: 1.2rem; } nav ul, .cards, .plain { display: flex; flex-wrap: wrap; gap: .25rem; list-style: none; padding: 0; } nav ul { padding: .4rem 0; }
nav a { border-radius: .6rem; color: var(--ink); display: inline-block; font-weight: 500; padding: .5rem .75rem; text-decoration: none; }
nav a:hover { background: var(--raised); } nav a[aria-current] { background: var(--raised); color: var(--accent); } nav .brand { font-weight: 700; padding-left: 0; }
.live { background: none; border: 0; flex: none; padding: .4rem .6rem; } .live:disabled { visibility: hidden; } .live::before { content: "○ "; } .live[aria-pressed=true]::before { color: var(--accent); content: "● "; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.cards, .card, dl, .empty { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; margin: 0; } .cards { display: block; overflow: hidden; }
.cards > li { padding: .85rem 1.25rem; position: relative; } .cards > li + li { border-top: 1px solid var(--line); }
.cards > .link:hover { background: var(--raised); } .link > a:first-of-type { color: var(--ink); font-weight: 600; text-decoration: none; } .link > a:first-of-type::after { content: ""; inset: 0; position: absolute; }
.link :not(:first-child) > a { position: relative; z-index: 1; }
.pair { display: grid; gap: .1rem 1.25rem; grid-template-columns: minmax(0, 1fr) auto; } .pair > .end { justify-self: end; text-align: right; } .wide { grid-column: 1 / -1; } .one { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pick { grid-template-columns: auto minmax(0, 1fr) auto; } .pick > input { align-self: start; grid-row: span 2; height: 1.15rem; margin: .2rem 0 0; min-height: 0; position: relative; width: 1.15rem; z-index: 1; } .pick > .wide { grid-column: 2 / -1; }
.card { padding: 1rem 1.25rem; } .empty { color: var(--muted); padding: 2.5rem 1.25rem; text-align: center; }
dl { display: grid; gap: .35rem 1.25rem; grid-template-columns: max-content minmax(0, 1fr); padding: 1rem 1.25rem; } dt { color: var(--muted); } dd { margin: 0; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { background: var(--raised); border-radius: .6rem; margin: .3rem 0 .6rem; max-height: 24rem; overflow: auto; padding: .6rem .8rem; white-space: pre-wrap; }
details { margin: .2rem 0; } summary { cursor: pointer; font-weight: 500; } .failure { color: var(--bad); } .failure pre { background: var(--bad-ground); color: var(--bad); }
.fault { align-items: center; } form > .cards { flex: 1 100%; }
form { align-items: end; display: flex; flex-wrap: wrap; gap: .7rem; margin: .6rem 0 1rem; } .card form { margin: .6rem 0 0; }
label { display: grid; font-weight: 500; gap: .25rem; min-width: 0; } .grow { flex: 1 14rem; } .grow select { width: 100%; } textarea { font-family: ui-monospace, monospace; width: 100%; }
input, select, textarea, button { background: var(--paper); border: 1px solid color-mix(in srgb, var(--muted) 75%, var(--paper)); border-radius: .6rem; color: inherit; font: inherit; max-width: 100%; min-height: 2.75rem; padding: .4rem .8rem; }
button { cursor: pointer; font-weight: 500; } button:hover { background: var(--raised); }
.badge { align-self: start; background: var(--raised); border-radius: 1rem; display: inline-block; font-size: .85rem; font-weight: 500; padding: .05rem .65rem; white-space: nowrap; }
.good { background: var(--good-ground); color: var(--good); } .wait { background: var(--wait-ground); color: var(--wait); } .bad { background: var(--bad-ground); color: var(--bad); }
.steps > li { display: grid; gap: .2rem 1.25rem; grid-template-columns: minmax(0, 17rem) minmax(0, 1fr) 11rem; } .steps > li > .end { text-align: right; white-space: nowrap; } .steps details { grid-column: 1 / -1; }
.track { align-self: center; background: var(--raised); border-radius: .3rem; display: block; height: .6rem; overflow: hidden; position: relative; }
.track i { background: var(--accent); border-radius: .3rem; height: 100%; min-width: 3px; position: absolute; } .track .failed { background: var(--bad); } .track .rest { background: var(--wait); opacity: .55; }
a.badge { text-decoration: none; } .row { align-items: center; display: flex; flex-wrap: wrap; gap: .6rem; } .row form { margin: 0; }
.read > a:first-of-type { font-weight: 400; } .columns { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); } .columns > * { min-width: 0; } .columns > div > * { margin-bottom: 1rem; }
.message { background: var(--raised); border-radius: .2rem 1rem 1rem; justify-self: start; margin: .3rem 0; padding: .6rem 1rem; white-space: pre-line; }
iframe { border: 1px solid var(--line); border-radius: 1rem; display: block; height: 38rem; margin: 0 auto; width: 100%; } iframe.phone { width: 375px; max-width: 100%; } .email { background: var(--paper); border: 1px solid var(--line); max-height: none; padding: 1.25rem; }
@media (max-width: 44rem) { .steps > li { grid-template-columns: minmax(0, 1fr); } dl { grid-template-columns: minmax(0, 6.5rem) minmax(0, 1fr); padding-inline: 1rem; } .steps > li > .end { text-align: left; } nav .brand { display: none; }
  header nav, main { padding-inline: 1rem; } header nav { font-size: 14px; } nav a, .live { padding-inline: .45rem; }
  .pair:not(.pick) > :nth-child(n + 3) { grid-column: 1 / -1; } .fault > .end { grid-column: 1 / -1; justify-self: start; } .pick > :nth-child(n + 4) { grid-column: 2 / -1; }
  .cards > li { padding-inline: 1rem; } .one { grid-column: 1 / -1; } .fold { grid-column: 1 / -1; } .pick > .fold, .pick > .one { grid-column: 2 / -1; } .fold { justify-self: start !important; text-align: left !important; } label, select, input { width: 100%; } }
`;
