// SPDX-License-Identifier: MIT
// All about one text: what was sent and how it was cut, its delivery, webhooks and request; and an overview where none is chosen.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { state, set, api, act } from "./store.js";
import { icon } from "./icons.js";
import { asCurl, asLua, copy } from "./copy.js";
import { exchange } from "./requests.js";
import { hookRow } from "./webhooks.js";
import { PROVIDERS, attachments, clipped, phone, plural, providerMark, segmented, stateMark, timeMark, toneOf, visible } from "./words.js";
import { toTop } from "./list.js";

const MOST_SHOWN = 10000;
const FINAL = new Set(["delivered", "undelivered", "expired", "rejected", "failed", "received"]);
const DECIDABLE = ["sent", "delivered", "undelivered", "expired", "rejected", "failed"];

/** Loads the chosen text. */
export async function loadDetails() {
  const n = state.chosen;
  if (n === null) return;
  try {
    const details = await api("GET", "messages/" + n);
    if (state.chosen === n) set({ details });
  } catch {
    if (state.chosen === n && state.live === "live") set({ details: null, chosen: null, peer: null, thread: [] });
  }
}

let soon = null;
/** Takes in an event. */
export function onEvent(event) {
  if (state.chosen === null) return;
  const mine = event.more || event.cleared || event.texts.some((text) => text.n === state.chosen) || event.hooks.length > 0;
  if (mine) soon ??= setTimeout(() => { soon = null; loadDetails(); }, 60);
}

// Byte offsets of the analysis as places in the text.
function forcingOf(text, analysis) {
  if (!analysis?.forcing?.length) return [];
  const encoder = new TextEncoder();
  const wanted = new Map(analysis.forcing.map((item) => [item.offset - 1, item]));
  const out = [];
  let bytes = 0, at = 0;
  for (const character of text) {
    const item = wanted.get(bytes);
    if (item) {
      const swap = item.swap === undefined ? "" : item.swap === "" ? "; could be left out" : `; could be ${item.swap}`;
      out.push({ from: at, to: at + character.length, name: item.name.toLowerCase() + swap });
    }
    bytes += encoder.encode(character).length;
    at += character.length;
  }
  return out;
}

const sum = (value, words) => html`<span><b>${value}</b> ${words}</span>`;

function whatWasSent(text) {
  const [shown, more] = clipped(text.text, MOST_SHOWN);
  const forcing = forcingOf(shown, text.analysis);
  const names = [...new Set(text.analysis?.forcing?.map((item) => item.name.toLowerCase()) ?? [])];
  const counted = text.analysis?.segments;
  return html`<h3>What was sent</h3><div class="card sent">
    <p class="words" dir="auto">${segmented(shown, text.cuts.filter((cut) => cut < shown.length), { forcing })}${more ? html`<span class="more">… ${plural(more, "more character")}</span>` : nothing}</p>
    <p class="sums">${sum(text.segments, text.segments === 1 ? "segment" : "segments")}<b>${text.encoding === "ucs2" ? "UCS-2" : "GSM-7"}</b>
      ${sum(text.units, "units")}${text.analysis ? sum(text.analysis.remaining, "left") : nothing}${text.price ? sum(text.price.amount, text.price.unit) : nothing}</p>
    ${counted !== undefined && counted !== text.segments ? html`<p class="hint">sms.text counts ${plural(counted, "segment")}, the sandbox ${text.segments}.</p>` : nothing}
    ${text.encoding === "ucs2" && names.length ? html`<div class="hint">${icon("bolt")} ${plural(text.analysis.forcing.length, "character")} ${text.analysis.forcing.length === 1 ? "makes" : "make"} this UCS-2: ${clipped(names.join(", "), 300)[0]}.
      ${text.better ? html`With replacements: <b>${plural(text.better.segments, "segment")}</b>: <span dir="auto">${visible(clipped(text.better.text, 2000)[0])}</span>` : nothing}</div>` : nothing}
  </div>`;
}

function delivery(text) {
  const first = text.history[0].time;
  return html`<h3>Delivery</h3>
    <ol class="timeline">${text.history.map((step, i) => html`<li class=${toneOf(step.state)}>${stateMark(step.state)}<span>${timeMark(step.time)}</span>
      <span class="after">${i ? `+${Math.round((step.time - first) * 10) / 10} s` : nothing}</span></li>`)}</ol>
    ${FINAL.has(text.state) ? nothing : html`<div class="decide"><span id="decide">Set now:</span>
      ${DECIDABLE.filter((name) => name !== text.state).map((name) => html`<button aria-describedby="decide" @click=${() => act("POST", `messages/${text.n}/state`, { state: name })}>${name}</button>`)}</div>`}`;
}

const urlOf = (request) => location.origin + request.path + (request.query ? "?" + request.query : "");

function requestOf(text) {
  const { request } = text;
  const account = state.accounts.find((a) => a.name === text.provider);
  if (!request) return text.direction === "in" ? nothing : html`<h3>Request</h3><p class="quiet">No longer kept.</p>`;
  return html`<h3>Request</h3><div class="card">
    <details class="exchange"><summary><span class="verb">${request.method}</span> <code>${visible(request.path, true)}</code>
      ${request.fault ? html`<span class="chip bad">${request.fault}</span>` : nothing}<b class="status ${request.status < 400 ? "good" : "bad"}">${request.close ?? request.status}</b></summary>
      ${exchange(request)}</details>
    <div class="buttons"><button @click=${() => copy(asCurl({ ...request, url: urlOf(request) }))}>${icon("copy")}Copy as curl</button>
      ${account ? html`<button @click=${() => copy(asLua(account, text))}>${icon("copy")}Copy as Lua</button>` : nothing}</div></div>`;
}

const fact = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** The pane. */
export function detailsPane() {
  const text = state.details;
  if (!text || state.chosen === null) return overview();
  return html`<section class="details" aria-label="Details" tabindex="0">
    <header><button class="plain square back" aria-label="Back to the phone" @click=${() => set({ pane: "phone" })}>${icon("back")}</button>
      <h2>Text ${text.n}</h2>${text.direction === "in" ? stateMark("received", "reply") : stateMark(text.state)}<code class="id">${visible(clipped(text.id ?? "", 60)[0], true)}</code></header>
    <dl class="facts">${fact("Provider", html`${providerMark(text.provider)}`)}${fact("From", html`<bdi>${visible(clipped(phone(text.from), 60)[0], true)}</bdi>`)}${fact("To", html`<bdi>${visible(clipped(phone(text.direction === "in" ? text.to : text.peer), 60)[0], true)}</bdi>`)}</dl>
    ${whatWasSent(text)}${text.attachments?.length ? html`<h3>Attachments ${text.attachments.length}</h3>${attachments(text)}` : nothing}${delivery(text)}
    <h3>Webhooks ${text.webhooks.length ? text.webhooks.length : html`<span class="quiet">none</span>`}</h3>
    ${text.webhooks.length ? html`<div class="card hooks">${text.webhooks.map((hook) => hookRow(hook))}</div>` : html`<p class="quiet">None.</p>`}
    ${requestOf(text)}
  </section>`;
}

function bars(title, name, counts, words, colour) {
  const all = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...all.map(([, count]) => count));
  if (!all.length) return nothing;
  return html`<h3>${title}</h3><div class="bars">${all.map(([value, count]) => html`<button class="bar" aria-pressed=${state[name] === value ? "true" : "false"}
    @click=${() => { set({ [name]: state[name] === value ? "" : value, pane: "list" }); toTop(); }}><span>${words(value)}</span>
    <span class="track"><span class="fill ${colour(value)}" .style=${`width: ${(count / most) * 100}%`}></span></span><span class="count">${count.toLocaleString("en")}</span></button>`)}</div>`;
}

function overview() {
  const { counts } = state;
  const tile = (value, words) => html`<div class="tile"><b>${value.toLocaleString("en")}</b><span>${words}</span></div>`;
  return html`<section class="details" aria-label="Overview" tabindex="0"><header><h2>Overview</h2></header>
    <div class="tiles">${tile(counts.all, counts.all === 1 ? "text" : "texts")}${tile(counts.segments, counts.segments === 1 ? "segment" : "segments")}${tile(counts.ucs2, "in UCS-2")}</div>
    ${bars("By state", "state", counts.state, (value) => value, toneOf)}
    ${bars("By provider", "provider", counts.provider, (value) => PROVIDERS[value], (value) => value)}
  </section>`;
}
