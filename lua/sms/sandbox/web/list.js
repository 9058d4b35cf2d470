// SPDX-License-Identifier: MIT
// The list of texts: rows of one height, drawn only where they are seen; pages of one snapshot, fetched when they come into view and
// dropped again, so that a hundred thousand texts cost no more than twenty.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { state, set, api, toast } from "./store.js";
import { icon } from "./icons.js";
import { PROVIDERS, clipped, phone, plural, providerMark, stateMark, timeMark, visible } from "./words.js";

export const ROW = 78;
const PAGE = 100;
const MOST_PAGES = 20;
const BEYOND = 4; // rows drawn above and below the view
const SLOW = 250; // ms between two loads of a filtered list

// `head`: numbers of texts newer than the snapshot, newest first. `pages`: page -> numbers. `rows`: number -> summary.
const list = { upto: 0, total: 0, head: [], pages: new Map(), rows: new Map(), asked: new Set(), fresh: 0, round: 0, top: 0, height: 800 };
let element = null;

const filters = () => {
  const out = new URLSearchParams();
  for (const name of ["provider", "state", "q"]) if (state[name]) out.set(name, state[name]);
  return out;
};
const isFiltered = () => Boolean(state.provider || state.state || state.q);

export const total = () => list.total + list.head.length;
const numberAt = (index) =>
  index < list.head.length ? list.head[index]
    : list.pages.get(Math.floor((index - list.head.length) / PAGE))?.[(index - list.head.length) % PAGE];

/** The summary of a text that is loaded. */
export const rowOf = (n) => list.rows.get(n);

function keep(page, messages) {
  list.pages.set(page, messages.map((m) => m.n));
  for (const message of messages) list.rows.set(message.n, message);
}

// Pages farthest from the view go first.
function trim() {
  if (list.pages.size <= MOST_PAGES) return;
  const here = Math.floor(list.top / ROW / PAGE);
  const far = [...list.pages.keys()].sort((a, b) => Math.abs(b - here) - Math.abs(a - here));
  for (const page of far.slice(0, list.pages.size - MOST_PAGES)) {
    for (const n of list.pages.get(page)) if (n !== state.chosen) list.rows.delete(n);
    list.pages.delete(page);
  }
}

async function fetchPage(page, again = false) {
  if ((list.pages.has(page) && !again) || list.asked.has(page)) return;
  const round = list.round;
  list.asked.add(page);
  try {
    const query = filters();
    query.set("limit", PAGE);
    query.set("offset", page * PAGE);
    query.set("upto", list.upto);
    const answer = await api("GET", "messages?" + query);
    if (round !== list.round) return;
    keep(page, answer.messages);
    list.total = answer.total;
    trim();
    set({});
  } catch (problem) {
    if (state.live === "live") toast(problem.message);
  } finally {
    if (round === list.round) list.asked.delete(page);
  }
}

/** Loads the newest page of a new snapshot. */
export async function reload() {
  const round = ++list.round;
  const query = filters();
  query.set("limit", PAGE);
  try {
    const answer = await api("GET", "messages?" + query);
    if (round !== list.round) return;
    Object.assign(list, { upto: answer.upto, total: answer.total, head: [], pages: new Map(), rows: new Map(), asked: new Set(), fresh: 0 });
    keep(0, answer.messages);
    set({});
  } catch (problem) {
    if (state.live === "live") toast(problem.message);
  }
}

/** Back to the newest, where new texts slide in. */
export function toTop() {
  list.top = 0;
  if (element) element.scrollTop = 0;
  return reload();
}

// What is in view, once more: more texts have changed than an event tells.
let stale = null;
function refreshSoon() {
  stale ??= setTimeout(() => {
    stale = null;
    const pageAt = (pixels) => Math.max(0, Math.floor((pixels / ROW - list.head.length) / PAGE));
    for (const page of new Set([pageAt(list.top), pageAt(list.top + (element?.clientHeight ?? 0))])) fetchPage(page, true);
  }, SLOW);
}

let slow = null;
function reloadSoon() {
  slow ??= setTimeout(() => { slow = null; if (list.top < ROW / 2 && !state.paused) reload(); }, SLOW);
}

// A hundred new texts become a page of the snapshot.
function settle() {
  while (list.head.length >= 2 * PAGE) {
    const numbers = list.head.splice(-PAGE);
    list.pages = new Map([[0, numbers], ...[...list.pages].map(([page, other]) => [page + 1, other])]);
    list.upto = numbers[0];
    list.total += PAGE;
    list.asked = new Set();
    list.round++;
  }
  trim();
}

/** Takes in an event. */
export function onEvent(event) {
  if (event.cleared) return void toTop();
  const fresh = [];
  for (const text of event.texts) {
    if (list.rows.has(text.n)) list.rows.set(text.n, text);
    if (text.n > (list.head[0] ?? list.upto)) fresh.push(text);
  }
  const follows = list.top < ROW / 2 && !state.paused;
  if (!follows) {
    list.fresh = Math.max(0, event.last - (list.head[0] ?? list.upto));
    if (event.more) refreshSoon();
  } else if (isFiltered()) {
    if (event.texts.length || event.more) reloadSoon();
  } else if (event.more || list.fresh) {
    reload();
  } else {
    fresh.sort((a, b) => b.n - a.n);
    for (const text of fresh) list.rows.set(text.n, text);
    list.head.unshift(...fresh.map((text) => text.n));
    settle();
  }
}

/** The number of the text `by` rows further on; the first where none is chosen. */
export async function neighbour(by) {
  let at = 0;
  if (state.chosen !== null) {
    const here = indexOf(state.chosen);
    if (here < 0) return numberAt(0);
    at = Math.min(Math.max(here + by, 0), total() - 1);
  }
  if (numberAt(at) === undefined && total() > 0) await fetchPage(Math.floor((at - list.head.length) / PAGE));
  show(at);
  return numberAt(at);
}

function indexOf(n) {
  const at = list.head.indexOf(n);
  if (at >= 0) return at;
  for (const [page, numbers] of list.pages) {
    const place = numbers.indexOf(n);
    if (place >= 0) return list.head.length + page * PAGE + place;
  }
  return -1;
}

function show(index) {
  if (!element) return;
  const top = index * ROW;
  if (top < element.scrollTop) element.scrollTop = top;
  if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight;
}

function onScroll(event) {
  element = event.currentTarget;
  list.top = element.scrollTop;
  list.height = element.clientHeight;
  if (list.top < ROW / 2 && list.fresh && !state.paused) reload();
  set({});
}

const observer = new ResizeObserver(([entry]) => { list.height = entry.contentRect.height; set({}); });

/** Tells the list which element it is drawn in. */
export function attach(root) {
  const found = root.querySelector(".rows");
  if (found === element) return;
  if (element) observer.unobserve(element);
  element = found;
  if (element) {
    observer.observe(element);
    element.scrollTop = list.top;
  }
}

const row = (n, index, choose) => {
  const text = list.rows.get(n);
  const style = `transform: translateY(${index * ROW}px)`;
  if (!text) return html`<div class="row empty" role="option" aria-selected="false" aria-label="loading" aria-posinset=${index + 1} aria-setsize=${total()} .style=${style}></div>`;
  const chosen = state.chosen === n;
  const incoming = text.direction === "in";
  return html`<div class="row ${chosen ? "chosen" : ""}" id="row-${n}" data-n=${n} role="option" aria-selected=${chosen ? "true" : "false"}
      aria-posinset=${index + 1} aria-setsize=${total()} .style=${style} @click=${() => choose(n)}>
    <span class="number"><bdi>${visible(clipped(phone(text.peer), 40)[0], true)}</bdi></span><span class="time">${timeMark(text.time)}</span>
    <span class="line ${incoming ? "incoming" : ""}" dir="auto">${visible(clipped(text.text, 160)[0], true)}</span>
    <span class="marks">${providerMark(text.provider)}${text.segments > 1 ? html`<span class="chip">${text.segments} seg</span>` : nothing}${text.attachments?.length ? html`<span class="chip">${plural(text.attachments.length, "file")}</span>` : nothing}
      ${text.encoding === "ucs2" ? html`<span class="chip warn">UCS-2</span>` : nothing}</span>
    ${incoming ? stateMark("received", "reply") : stateMark(text.state)}
  </div>`;
};

function rows(choose) {
  const from = Math.max(0, Math.floor(list.top / ROW) - BEYOND);
  const to = Math.min(total(), Math.ceil((list.top + list.height) / ROW) + BEYOND);
  const seen = [];
  for (let index = from; index < to; index++) {
    const n = numberAt(index);
    if (n === undefined) fetchPage(Math.floor((index - list.head.length) / PAGE));
    seen.push({ n, index });
  }
  return repeat(seen, ({ n, index }) => n ?? "at" + index, ({ n, index }) => row(n, index, choose));
}

let typed;
function search(value) {
  clearTimeout(typed);
  typed = setTimeout(() => { set({ q: value.trim() }); toTop(); }, 120);
}

const select = (name, label, any, options) => html`<select aria-label=${label} .value=${live(state[name])}
    @change=${(e) => { set({ [name]: e.target.value }); toTop(); }}>
  <option value="">${any}</option>${options.map(([value, words]) => html`<option value=${value}>${words}</option>`)}</select>`;

const STATES = ["accepted", "sent", "delivered", "undelivered", "expired", "rejected", "failed", "received"].map((name) => [name, name]);

function onKey(event, move) {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  move(by);
}

/** The pane. */
export function listPane(choose, move, empty) {
  const count = total();
  const chosenSeen = state.chosen !== null && list.rows.has(state.chosen) && indexOf(state.chosen) >= 0;
  return html`<section class="list" aria-label="Texts">
    <div class="search">${icon("search")}<input id="search" type="search" placeholder="Number, text, sender or id" aria-label="Search texts"
      autocomplete="off" spellcheck="false" .value=${live(state.typed ?? state.q)}
      @input=${(e) => { state.typed = e.target.value; search(e.target.value); }}><kbd>/</kbd></div>
    <div class="filters">
      ${select("provider", "Provider", "All providers", Object.entries(PROVIDERS))}
      ${select("state", "State", "Any state", STATES)}
      <span class="total">${plural(count, "text")}</span>
      <button class="plain square" aria-pressed=${state.paused ? "true" : "false"} title=${state.paused ? "Resume the list" : "Pause the list"}
        aria-label="Pause" @click=${() => { const paused = !state.paused; set({ paused }); if (!paused) toTop(); }}>${icon(state.paused ? "play" : "pause")}</button>
    </div>
    ${list.fresh ? html`<button class="pill" @click=${() => { set({ paused: false }); toTop(); }}>${plural(list.fresh, "new text")} ↑</button>` : nothing}
    ${count === 0 && !isFiltered() ? empty() : nothing}
    ${count === 0 && isFiltered() ? html`<p class="none">No matching texts. <button class="link" @click=${() => { set({ q: "", typed: "", provider: "", state: "" }); toTop(); }}>Show all</button></p>` : nothing}
    <div class="rows" role="listbox" aria-label="Texts, newest first" tabindex="0" ?hidden=${count === 0}
      aria-activedescendant=${chosenSeen ? "row-" + state.chosen : nothing}
      @scroll=${onScroll} @keydown=${(e) => onKey(e, move)}>
      <div class="spacer" role="none" .style=${`height: ${count * ROW}px`}>${rows(choose)}</div>
    </div>
  </section>`;
}

/** Whether new texts slide in where the list stands. */
export const isAtTop = () => list.top < ROW / 2 && !state.paused;
