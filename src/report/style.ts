/** The look of the report: one style sheet, light and dark, made to be read on a screen and printed. */
export const STYLE = `
:root { --ink: #1c2430; --soft: #5d6b7e; --line: #e3e8ef; --page: #f6f8fb; --card: #ffffff; --sea: #0b6e8f; --deep: #0a3d57;
  --warn: #b4690e; --bad: #b3261e; --good: #1b7f4d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --soft: #9aa7b8; --line: #2a3442; --page: #10151c; --card: #18202a;
  --sea: #4fb3d4; --deep: #9bd6ea; --warn: #e0a458; --bad: #f2857d; --good: #63c796; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", "Noto Sans SC", sans-serif }
header.top { background: linear-gradient(120deg, #0a3d57, #0b6e8f 70%, #2a9d8f); color: #fff; padding: 26px max(24px, calc(50vw - 590px)) 22px }
header.top h1 { margin: 0; overflow-wrap: anywhere; font-size: 26px; font-weight: 650; letter-spacing: .2px }
header.top p { margin: 4px 0 0; opacity: .88; overflow-wrap: anywhere }
header.top .bar { display: flex; justify-content: space-between; align-items: start; gap: 16px }
button.lang { background: rgba(255,255,255,.16); color: #fff; border: 1px solid rgba(255,255,255,.45); border-radius: 7px; padding: 5px 12px;
  font: inherit; cursor: pointer; flex: none; white-space: nowrap }
nav { position: sticky; top: 0; z-index: 5; background: var(--card); border-bottom: 1px solid var(--line);
  padding: 0 max(24px, calc(50vw - 590px)); display: flex; gap: 22px; overflow-x: auto; white-space: nowrap }
nav a { color: var(--soft); text-decoration: none; padding: 11px 0; border-bottom: 2px solid transparent }
nav a:hover { color: var(--sea); border-color: var(--sea) }
main { max-width: 1180px; margin: 0 auto; padding: 22px 0 60px }
@media (max-width: 1228px) { main { margin: 0 24px } }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin: 0 0 20px; scroll-margin-top: 60px }
h2 { margin: 0 0 4px; font-size: 18px } .note { color: var(--soft); margin: 0 0 14px; max-width: 76ch }
h3 { font-size: 14px; margin: 12px 0 2px; color: var(--soft); font-weight: 600; overflow-wrap: anywhere }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px }
.tile { border: 1px solid var(--line); border-radius: 10px; padding: 12px 15px }
.tile .k { color: var(--soft); font-size: 13px } .tile .v { font-size: 26px; font-weight: 650; font-variant-numeric: tabular-nums; margin: 2px 0 }
.tile .s { color: var(--soft); font-size: 13px }
.chart { width: 100%; height: 320px } .chart.small { height: 260px } .chart.tall { height: 400px }
.two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 22px } @media (max-width: 900px) { .two, .pick { grid-template-columns: minmax(0, 1fr) !important } }
.pick { display: grid; grid-template-columns: 270px minmax(0, 1fr); gap: 20px } .pick .list { max-height: 400px; overflow: auto; border: 1px solid var(--line); border-radius: 8px }
.list button { display: flex; justify-content: space-between; gap: 8px; width: 100%; text-align: left; border: 0; border-bottom: 1px solid var(--line); background: none;
  color: inherit; font: inherit; font-size: 13.5px; padding: 7px 10px; cursor: pointer }
.list button:hover { background: var(--page) } .list button[aria-pressed=true] { background: var(--sea); color: var(--card) }
.list .n { overflow: hidden; text-overflow: ellipsis; white-space: nowrap } .list .d { font-variant-numeric: tabular-nums; opacity: .8; flex: none }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 8px } .chips button { border: 1px solid var(--line); background: none; color: inherit; font: inherit;
  font-size: 13px; border-radius: 99px; padding: 2px 11px; cursor: pointer } .chips button[aria-pressed=true] { background: var(--deep); color: var(--card); border-color: var(--deep) }
input.find { width: 100%; padding: 7px 10px; margin: 0 0 8px; font: inherit; border: 1px solid var(--line); border-radius: 8px; background: var(--page); color: inherit }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: 6px 10px; border-bottom: 1px solid var(--line); white-space: nowrap } th { color: var(--soft); font-weight: 600 }
th:first-child, td:first-child, td.text, th.text { text-align: left } td.text { white-space: normal } tr.chosen td { background: color-mix(in srgb, var(--sea) 11%, transparent); font-weight: 600 }
.tag { display: inline-block; font-size: 12px; border-radius: 5px; padding: 0 7px; margin-left: 7px; background: var(--sea); color: var(--card); font-weight: 500 } .tag.bad { background: var(--bad) }
.warning { color: var(--warn) } .serious { color: var(--bad) } dl { display: grid; grid-template-columns: 140px 1fr; gap: 4px 14px; margin: 0 } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
code { font: 13px ui-monospace, Menlo, Consolas, monospace } .why { color: var(--soft); font-size: 13px; margin: 6px 0 0 }
@media (max-width: 640px) { header.top { padding-left: 16px; padding-right: 16px } main { margin: 0 10px } section { padding: 16px 14px } dl { grid-template-columns: 1fr } dd { margin: 0 0 6px } td.text { min-width: 130px } }
@media print { nav, button.lang, input.find, .chips { display: none } section { break-inside: avoid } }
`
