// SPDX-License-Identifier: MIT
// The page's icons, drawn in strokes.

import { html, svg } from "./vendor/lit-html/lit-html.js";

const PATHS = {
  inbox: svg`<path d="M3 13l3-8h12l3 8v6H3zM3 13h5l1.5 3h5L16 13h5"/>`,
  list: svg`<path d="M4 6h16M4 12h16M4 18h16"/>`,
  hook: svg`<path d="M9 9a3.5 3.5 0 1 1 5.6 2.8L17 16M12 8l-3.500 6M7 14a3 3 0 1 0 3 3h7"/><circle cx="18" cy="17.500" r="2"/>`,
  bolt: svg`<path d="M13 3L5 14h6l-1 7 8-11h-6z"/>`,
  key: svg`<circle cx="15.500" cy="8.500" r="4.500"/><path d="M12 12l-8 8M6 18l2 2M9 15l2 2"/>`,
  search: svg`<circle cx="11" cy="11" r="6.500"/><path d="M16 16l5 5"/>`,
  clock: svg`<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>`,
  moon: svg`<path d="M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z"/>`,
  sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2"/>`,
  auto: svg`<circle cx="12" cy="12" r="8"/><path d="M12 4v16M12 8h6M12 12h8M12 16h6"/>`,
  more: svg`<path d="M5 12h.010M12 12h.010M19 12h.010" stroke-width="3"/>`,
  back: svg`<path d="M15 5l-7 7 7 7"/>`,
  close: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  copy: svg`<path d="M8 8h12v12H8z"/><path d="M16 8V4H4v12h4"/>`,
  pause: svg`<path d="M8 5v14M16 5v14"/>`,
  play: svg`<path d="M7 4l12 8-12 8z"/>`,
  send: svg`<path d="M4 12l16-8-6 16-3-7z"/>`,
  phone: svg`<rect x="7" y="2.500" width="10" height="19" rx="2"/><path d="M11 18.500h2"/>`,
};

/** An icon; decoration only. */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${PATHS[name]}</svg>`;
