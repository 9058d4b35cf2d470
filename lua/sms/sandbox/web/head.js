// SPDX-License-Identifier: MIT
// What the heads of both pages have: the live mark, and the theme, which is remembered.

import { html } from "./vendor/lit-html/lit-html.js";
import { state, set } from "./store.js";
import { icon } from "./icons.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" };

export function applyTheme() { document.documentElement.dataset.theme = state.theme; }

function nextTheme() {
  const theme = NEXT[state.theme] ?? "auto";
  localStorage.setItem("theme", theme);
  set({ theme });
  applyTheme();
}

export const themeButton = () => html`<button class="plain square theme" aria-label="Theme: ${state.theme}" title="Theme: ${state.theme}" @click=${nextTheme}>${icon(ICONS[state.theme] ?? "auto")}</button>`;

const LIVE = { live: "live", gone: "not connected", connecting: "connecting" };
export const liveMark = () => html`<span class="live ${state.live}"><span class="dot" aria-hidden="true"></span><span>${LIVE[state.live]}</span></span>`;
