#include "template.h"

namespace pressroom {

const char* const style_sheet = R"(
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --paper: #fff; --shade: #f5f6f8; --line: #dfe3e8;
  --link: #1559b7; --warn: #a15c00; --warn-shade: #fff7e8; }
@media (prefers-color-scheme: dark) { :root { --ink: #dde3ea; --soft: #97a3b1; --paper: #14181d; --shade: #1c2228;
  --line: #2e363f; --link: #7db4ff; --warn: #f0b35a; --warn-shade: #2a2213; } }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 16rem minmax(0, 1fr); color: var(--ink); background: var(--paper);
  font: 16px/1.6 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
nav.site { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; font-size: .9rem;
  background: var(--shade); border-right: 1px solid var(--line); }
nav.site .home { display: block; padding: 0 .5rem .75rem; font-weight: 600; color: var(--ink); }
nav.site h2 { margin: 1rem .5rem .25rem; font-size: .75rem; letter-spacing: .04em; color: var(--soft); }
nav.site ul { list-style: none; margin: 0; padding: 0; }
nav.site li a { display: block; padding: .2rem .5rem; border-radius: 6px; overflow-wrap: anywhere; }
nav.site a[aria-current] { background: var(--link); color: var(--paper); }
main { width: 100%; max-width: 52rem; margin: 0 auto; padding: 2rem 2rem 4rem; }
.path, .facts { margin: 0; font-size: .85rem; color: var(--soft); }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.8em 0 .5em; }
h1 { font-size: 2rem; margin-top: .6em; }
h2 { font-size: 1.4rem; padding-bottom: .2em; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.12rem; }
code, pre { font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--shade); }
code { padding: .1em .3em; border-radius: 4px; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
pre code { padding: 0; font-size: 1em; }
blockquote { margin: 1em 0; padding: 0 1em; color: var(--soft); border-left: 3px solid var(--line); }
img { max-width: 100%; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2em 0; }
details { margin: 1.25rem 0; padding: .6rem 1rem; font-size: .9rem; border: 1px solid var(--line); border-radius: 8px; }
summary { cursor: pointer; font-weight: 600; }
details ul { margin: .5rem 0; padding-left: 1.2rem; }
.toc ul ul { margin: 0; }
.findings { margin-top: 3rem; background: var(--warn-shade); border-color: var(--warn); }
.findings summary, .findings .warning span { color: var(--warn); }
.findings .note span { color: var(--soft); }
.index { list-style: none; padding: 0; }
.index li { display: flex; gap: 1rem; justify-content: space-between; padding: .5rem 0; border-bottom: 1px solid var(--line); }
.index span { font-size: .85rem; color: var(--soft); }
@media (max-width: 48rem) { body { display: block; } nav.site { position: static; height: auto; border: 0; } main { padding: 1rem; } }
)";

}  // namespace pressroom
