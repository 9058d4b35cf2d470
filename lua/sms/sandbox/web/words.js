// SPDX-License-Identifier: MIT
// Names, numbers, times, and texts made visible: whatever a text holds, it reaches the page as text nodes.

import { html, nothing } from "./vendor/lit-html/lit-html.js";

export const PROVIDERS = { messagewhiz: "MessageWhiz", websms: "websms", zipwhip: "Zipwhip", zoomconnect: "ZoomConnect" };

const STATES = {
  accepted: ["○", "quiet"], sent: ["✓", "quiet"], delivered: ["✓✓", "good"], undelivered: ["✕", "bad"], expired: ["✕", "bad"],
  rejected: ["✕", "bad"], failed: ["✕", "bad"], received: ["↩", "reply"],
};

/** A state as glyph and word. */
export function stateMark(state, word = state) {
  const [glyph, tone] = STATES[state] || ["○", "quiet"];
  return html`<span class="state ${tone}"><span aria-hidden="true">${glyph}</span> ${word}</span>`;
}

export const toneOf = (state) => (STATES[state] || ["", "quiet"])[1];

export const providerMark = (name) => html`<span class="dot ${name}" aria-hidden="true"></span><span>${PROVIDERS[name] || name}</span>`;

// How many digits the country code has, and how the rest is grouped; others in groups of three.
const COUNTRIES = { 1: [3, 3, 4], 27: [2, 3, 4], 43: [3, 3, 4], 44: [4, 6], 49: [3, 4, 4], 972: [2, 3, 4] };

/** "+27825551234" as "+27 82 555 1234"; what is no number stays as it is. */
export function phone(number) {
  const text = String(number ?? "");
  if (!/^\+\d{7,15}$/.test(text)) return text;
  const code = [1, 2, 3].map((n) => text.slice(1, 1 + n)).find((c) => COUNTRIES[c]) || text.slice(1, 3);
  let rest = text.slice(1 + code.length);
  const out = ["+" + code];
  for (const size of COUNTRIES[code] || [3, 3, 3, 3, 3]) {
    if (rest) out.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return out.join(" ") + rest;
}

const two = (n) => String(n).padStart(2, "0");
const minuteOf = (d) => `${two(d.getHours())}:${two(d.getMinutes())}`;
const clockOf = (d) => `${minuteOf(d)}:${two(d.getSeconds())}`;

/** A time of day, 24 h, local; the title has it in full. */
export function timeMark(seconds) {
  const date = new Date(seconds * 1000);
  return html`<time datetime=${date.toISOString()} title=${date.toISOString()}>${clockOf(date)}</time>`;
}

export const clock = (seconds) => clockOf(new Date(seconds * 1000));
export const minute = (seconds) => minuteOf(new Date(seconds * 1000));

const DAY = new Intl.DateTimeFormat("en", { weekday: "short", month: "short", day: "numeric" });
export const day = (seconds) => DAY.format(new Date(seconds * 1000));

export const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

// Control, bidirectional and invisible characters, but for line feeds, the zero-width joiner and variation selectors.
const HIDDEN =
  /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B\u200C\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\uD800-\uDFFF]|\u{E0000}|[\u{E0001}-\u{E007F}]/u;
const HIDDEN_ALL = new RegExp(HIDDEN.source, "gu");

const box = (character) => {
  const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return html`<span class="hidden-char" title="U+${code}">${code}</span>`;
};

/** Text whose hidden characters are boxes with their code. `one`: on one line. */
export function visible(text, one = false) {
  const plain = one ? text.replaceAll("\n", " ↵ ") : text;
  if (!HIDDEN.test(plain)) return plain;
  const out = [];
  let from = 0;
  for (const match of plain.matchAll(HIDDEN_ALL)) {
    if (match.index > from) out.push(plain.slice(from, match.index));
    out.push(box(match[0]));
    from = match.index + match[0].length;
  }
  if (from < plain.length) out.push(plain.slice(from));
  return out;
}

/** At most `most` characters, and how many are left out. */
export function clipped(text, most) {
  if (text.length <= most) return [text, 0];
  const end = /[\uD800-\uDBFF]/.test(text[most - 1]) ? most - 1 : most;
  return [text.slice(0, end), text.length - end];
}

const LINK = /https?:\/\/[^\s<>"]+/g;

function linksOf(text) {
  const out = [];
  for (const match of text.matchAll(LINK)) {
    const shown = match[0].replace(/[.,;:!?)\]}'”’»]+$/, "");
    try {
      const url = new URL(shown);
      if (url.protocol === "http:" || url.protocol === "https:") out.push({ from: match.index, to: match.index + shown.length, url: url.href });
    } catch { /* no link */ }
  }
  return out;
}

/** A text in its segments: tinted when there is more than one, links open elsewhere, `forcing` ({ from, to, name }) is marked. */
export function segmented(text, cuts, { links = true, forcing = [] } = {}) {
  const found = links ? linksOf(text) : [];
  const edges = new Set([0, text.length, ...cuts]);
  for (const span of [...found, ...forcing]) edges.add(span.from).add(span.to);
  const places = [...edges].filter((at) => at <= text.length).sort((a, b) => a - b);
  const covers = (list, from) => list.find((span) => span.from <= from && from < span.to);
  const runs = [];
  let segment = 0;
  for (let i = 0; i + 1 < places.length; i++) {
    const from = places[i];
    while (segment < cuts.length && cuts[segment] <= from) segment++;
    const mark = covers(forcing, from);
    const words = visible(text.slice(from, places[i + 1]));
    const inner = mark ? html`<mark class="forcing" title=${mark.name}>${words}</mark>` : words;
    runs.push({ link: covers(found, from), piece: cuts.length ? html`<span class="seg s${segment % 4}" data-seg=${segment + 1}>${inner}</span>` : inner });
  }
  const out = [];
  for (let i = 0; i < runs.length; i++) {
    const { link } = runs[i];
    if (!link) { out.push(runs[i].piece); continue; }
    const inside = [];
    for (; i < runs.length && runs[i].link === link; i++) inside.push(runs[i].piece);
    i--;
    out.push(html`<a href=${link.url} target="_blank" rel="noopener noreferrer">${inside}</a>`);
  }
  return out;
}

/** JSON indented by a scanner that leaves numbers and strings as they stand; other text as it is. */
export function indented(text) {
  if (!/^\s*[[{]/.test(text)) return text;
  let out = "", depth = 0, at = 0;
  const line = () => "\n" + "  ".repeat(Math.max(0, Math.min(depth, 40)));
  while (at < text.length) {
    const c = text[at];
    if (c === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      out += text.slice(at, end + 1);
      at = end + 1;
      continue;
    }
    if (c === "{" || c === "[") {
      const close = text.slice(at + 1).match(/^\s*[}\]]/);
      if (close) { out += c + close[0].trim(); at += 1 + close[0].length; continue; }
      depth++;
      out += c + line();
    } else if (c === "}" || c === "]") {
      depth--;
      out += line() + c;
    } else if (c === ",") out += c + line();
    else if (c === ":") out += ": ";
    else if (!/\s/.test(c)) out += c;
    at++;
  }
  return out;
}

const size = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} kB`);

/** The files of a text: images as pictures, everything else as something to save. */
export function attachments(text, links = true) {
  return text.attachments?.length ? html`<div class="files">${text.attachments.map((file) => html`<figure class="file">
    ${file.image ? html`<img src="api/messages/${text.n}/attachments/${file.n}" alt="Attachment ${file.n}" loading="lazy">` : nothing}
    <figcaption>${links ? html`<a href="api/messages/${text.n}/attachments/${file.n}" download>${visible(clipped(file.name || "attachment", 80)[0], true)}</a>` : visible(clipped(file.name || "attachment", 80)[0], true)}
      <span class="quiet">${visible(file.type, true)}, ${size(file.size)}</span></figcaption></figure>`)}</div>` : nothing;
}

/** A body in a box. */
export function bodyPane(text, label) {
  if (!text) return nothing;
  const [shown, more] = clipped(indented(text), 20000);
  return html`<pre class="body" dir="auto" tabindex="0" role="region" aria-label=${label}>${visible(shown)}${more ? html`<span class="more">… ${plural(more, "more character")}</span>` : nothing}</pre>`;
}
