// SPDX-License-Identifier: MIT
// The page as a whole: header, tabs, keys, dialogs, and what happens when something changes.

import { html, nothing, render } from "./vendor/lit-html/lit-html.js";
import { state, set, onRender, act, confirmed, now } from "./store.js";
import { listen } from "./live.js";
import { icon } from "./icons.js";
import { clock } from "./words.js";
import { applyTheme, liveMark, themeButton } from "./head.js";
import * as list from "./list.js";
import * as phone from "./phone.js";
import * as details from "./details.js";
import { requestsTab, loadRequests } from "./requests.js";
import { webhooksTab, loadWebhooks } from "./webhooks.js";
import { faultsTab, faultStrip } from "./faults.js";
import { setupTab, firstText, loadState } from "./setup.js";

const TABS = [
  ["texts", "Texts", "inbox", () => state.counts.all], ["requests", "Requests", "list", () => state.requests],
  ["webhooks", "Webhooks", "hook", () => state.webhooks], ["faults", "Faults", "bolt", () => state.faults.length], ["setup", "Setup", "key", () => 0],
];
const root = document.getElementById("app");

/** Chooses a text: its phone and its details. */
async function choose(n, stay = false) {
  const text = list.rowOf(n) ?? state.thread.find((other) => other.n === n);
  const peer = text?.peer ?? null;
  set({ chosen: n, newPeer: false, pane: stay ? state.pane : "phone" });
  if (peer && peer !== state.peer) set({ peer, thread: [], threadLimit: 50, composer: "" });
  await details.loadDetails();
  if (state.chosen === n && state.details && state.details.peer !== state.peer) set({ peer: state.details.peer, thread: [], threadLimit: 50 });
  await phone.loadThread();
}
state.onChoose = choose;

async function move(by) {
  const n = await list.neighbour(by);
  if (n !== undefined) choose(n, state.pane === "list");
}

function back() {
  if (state.keys || state.question) return set({ keys: false, question: null });
  if (state.tab === "requests" && state.request) return set({ request: null });
  if (state.tab !== "texts") return set({ tab: "texts" });
  if (state.newPeer) return set({ newPeer: false, pane: "list" });
  if (state.pane === "details") return set({ pane: "phone" });
  set({ pane: "list", chosen: null, details: null, peer: null, thread: [] });
  requestAnimationFrame(() => root.querySelector(".rows:not([hidden])")?.focus());
}

function openTab(tab) {
  set({ tab });
  if (tab === "requests") loadRequests();
  if (tab === "webhooks") loadWebhooks();
}

/* ---- keys ---- */

const KEYS = [["j k", "next and previous text"], ["/", "search"], ["r", "reply"], ["g then t r w f s", "texts, requests, webhooks, faults, setup"], ["Esc", "back"], ["?", "this list"]];
const GO = { t: "texts", r: "requests", w: "webhooks", f: "faults", s: "setup" };
let going = 0;

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const field = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select");
  if (event.key === "Escape") {
    if (event.target.closest?.("details.menu[open]")) return void (event.target.closest("details.menu").open = false);
    if (field) return field.blur();
    return back();
  }
  if (field || state.question || state.keys) return;
  if (Date.now() - going < 1500 && GO[event.key]) {
    going = 0;
    event.preventDefault();
    return openTab(GO[event.key]);
  }
  const actions = {
    j: () => move(1), k: () => move(-1), g: () => { going = Date.now(); }, "?": () => set({ keys: true }),
    "/": () => { set({ tab: "texts", pane: "list" }); requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById("search")?.focus())); },
    r: () => document.getElementById("reply")?.focus(),
  };
  if (!actions[event.key] || ("jkr".includes(event.key) && state.tab !== "texts")) return;
  event.preventDefault();
  actions[event.key]();
}

/* ---- header ---- */

const shutMenus = () => document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
const advance = (seconds, words) => html`<button @click=${() => { shutMenus(); act("POST", "clock", { advance: seconds }, words + " later"); }}>+${words}</button>`;

const tabs = () => html`<nav aria-label="Tabs">${TABS.map(([name, words, sign, count]) => html`<button class="tab" aria-current=${state.tab === name ? "page" : nothing} @click=${() => openTab(name)}>
  ${icon(sign)}<span>${words}</span>${count() ? html`<span class="chip ${name === "faults" ? "bad" : ""}">${count().toLocaleString("en")}</span>` : nothing}</button>`)}</nav>`;

const header = () => html`<header class="top"><a class="brand" href="./"><img src="icon.svg" alt="" width="26" height="26"><span><b>sms</b> sandbox</span></a>${tabs()}
  ${liveMark()}
  <details class="menu"><summary>${icon("clock")}<span class="sr">Clock </span><span class="clock">${clock(now())}</span></summary><div class="drop">${advance(5, "5 s")}${advance(60, "1 min")}${advance(3600, "1 h")}${advance(86400, "1 day")}</div></details>
  ${themeButton()}
  <details class="menu"><summary aria-label="Menu">${icon("more")}</summary><div class="drop">
    <a href="api/export?format=json" download>Export JSON</a><a href="api/export?format=csv" download>Export CSV</a>
    <button @click=${() => { shutMenus(); confirmed(state.counts.all, `Delete all ${state.counts.all} texts?`, () => act("DELETE", "messages", undefined, "Deleted")); }}>Clear texts</button>
    <button @click=${() => { shutMenus(); confirmed(state.requests + state.webhooks, "Delete all requests and webhooks?", () => act("DELETE", "journal", undefined, "Deleted")); }}>Clear requests and webhooks</button>
    <button @click=${() => { shutMenus(); set({ tab: "texts", newPeer: true, pane: "phone" }); }}>Text from a new number</button>
    <button @click=${() => { shutMenus(); set({ keys: true }); }}>Keys</button></div></details></header>`;

/* ---- dialogs ---- */

const shut = () => set({ question: null, keys: false });
function dialogs() {
  const { question } = state;
  if (question) {
    return html`<dialog class="card" aria-label="Question" @close=${shut}><p>${question.words}</p><div class="buttons">
      <button class="danger" autofocus @click=${() => { shut(); question.action(); }}>Yes</button><button @click=${shut}>No</button></div></dialog>`;
  }
  if (state.keys) {
    return html`<dialog class="card" aria-label="Keys" @close=${shut}><h2>Keys</h2><dl class="keylist">${KEYS.map(([keys, words]) => html`<div><dt>${keys.split(" ").map((key) => (key === "then" ? " then " : html`<kbd>${key}</kbd> `))}</dt><dd>${words}</dd></div>`)}</dl>
      <div class="buttons"><button autofocus @click=${shut}>Close</button></div></dialog>`;
  }
  return nothing;
}

/* ---- the page ---- */

const textsTab = () => html`<div class="panes" data-pane=${state.pane}><h1 class="sr">Texts</h1>${list.listPane((n) => choose(n), move, firstText)}${phone.phonePane()}${details.detailsPane()}</div>`;
const VIEWS = { texts: textsTab, requests: requestsTab, webhooks: webhooksTab, faults: faultsTab, setup: setupTab };

function draw() {
  render(html`${header()}${faultStrip()}<main class=${state.tab} tabindex="-1">${VIEWS[state.tab]()}</main>${dialogs()}<div class="toast" role="status">${state.toast ? html`<span>${state.toast}</span>` : nothing}</div>`, root);
  list.attach(root);
  phone.settleThread(root);
  const dialog = root.querySelector("dialog:not([open])");
  if (dialog) dialog.showModal();
}

let stateSoon = null;
let logsSoon = null;
function reloadLogs() {
  logsSoon ??= setTimeout(() => {
    logsSoon = null;
    if (state.tab === "requests") loadRequests();
    if (state.tab === "webhooks") loadWebhooks();
  }, 200);
}
// Hits of planned faults move with the requests.
function reloadState(delay) {
  stateSoon ??= setTimeout(() => { stateSoon = null; loadState().catch(() => {}); }, delay);
}

function onEvent(event) {
  const requests = event.requests !== state.requests || event.seq;
  set({ counts: event.counts, requests: event.requests, webhooks: event.webhooks, ahead: event.time - Date.now() / 1000 });
  list.onEvent(event);
  phone.onEvent(event);
  details.onEvent(event);
  if (event.noted) reloadState(0);
  else if (state.faults.length || state.tab === "setup") reloadState(150);
  if (requests) reloadLogs();
}

function onStatus(live) {
  set({ live });
  if (live !== "live") return;
  loadState().catch(() => {});
  if (list.isAtTop()) list.reload();
  phone.loadThread();
  details.loadDetails();
  reloadLogs();
}

onRender(draw);
applyTheme();
addEventListener("keydown", onKey);
addEventListener("click", (event) => { if (!event.target.closest("details.menu")) shutMenus(); });
setInterval(() => set({}), 1000);
loadState().then(list.reload).catch(() => set({ live: "gone" }));
listen(onEvent, onStatus);
set({});
