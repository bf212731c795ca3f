#include "libconf/api/status_page.hpp"

namespace conf::api {

std::string_view status_style() noexcept {
    static constexpr std::string_view text = R"css(:root {
  color-scheme: light dark;
  --surface-0: #ffffff;
  --surface-1: #f6f7f9;
  --line: #c9d0d9;
  --ctl: #7b8694;
  --text: #15191f;
  --muted: #535c69;
  --accent: #0a5ad0;
  --ok: #0b6e43;
  --warn: #7d5200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --surface-0: #0f1216;
    --surface-1: #171b21;
    --line: #343c48;
    --ctl: #7f8b9b;
    --text: #f3f5f8;
    --muted: #aab3c0;
    --accent: #7db4ff;
    --ok: #55cc93;
    --warn: #f2bb66;
  }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
body {
  background: var(--surface-0);
  color: var(--text);
  font: 15px/1.45 system-ui, sans-serif;
  margin: 0 auto;
  max-width: 640px;
  padding: 32px 16px;
}
header { align-items: center; display: flex; gap: 12px; margin-bottom: 24px; }
h1 { font-size: 26px; line-height: 1.2; }
h2 { font-size: 17px; line-height: 1.2; margin: 32px 0 12px; }
.state { background: var(--surface-1); border-radius: 12px; padding: 16px; }
.word { font-size: 20px; font-weight: 600; }
.running .word { color: var(--ok); }
.draining .word { color: var(--warn); }
dl > div {
  border-bottom: 1px solid var(--line);
  display: grid;
  column-gap: 16px;
  grid-template-columns: 180px 1fr;
  padding: 12px 0;
}
dl > div:first-child { border-top: 1px solid var(--line); }
dt { color: var(--muted); grid-row: 1 / span 100; }
dd { font-variant-numeric: tabular-nums; grid-column: 2; overflow-wrap: anywhere; }
code { font: 14px/1.5 ui-monospace, monospace; }
ul { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; }
a {
  border: 1px solid var(--ctl);
  border-radius: 8px;
  color: var(--accent);
  display: inline-block;
  min-height: 44px;
  padding: 10px 16px;
  text-decoration: none;
}
a:hover { background: var(--surface-1); }
a:focus-visible {
  box-shadow: 0 0 0 2px var(--surface-0);
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
footer { color: var(--muted); font-size: 13px; margin-top: 32px; }
@media (max-width: 480px) {
  body { padding: 24px 16px; }
  dl > div { grid-template-columns: 1fr; }
  dt, dd { grid-column: 1; grid-row: auto; }
}
)css";
    return text;
}

std::string_view status_icon() noexcept {
    // A round table with one seat at its opening. Its blue stands on light and dark tabs alike.
    static constexpr std::string_view text =
        R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">)svg"
        R"svg(<rect width="32" height="32" rx="8" fill="#0a5ad0"/>)svg"
        R"svg(<path d="M20.8 22.3a8 8 0 1 1 0-12.6" fill="none" stroke="#fff" stroke-width="3.5")svg"
        R"svg( stroke-linecap="round"/>)svg"
        R"svg(<circle cx="23.5" cy="16" r="2.5" fill="#fff"/></svg>)svg";
    return text;
}

}  // namespace conf::api
