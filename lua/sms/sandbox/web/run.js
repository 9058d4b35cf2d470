// SPDX-License-Identifier: MIT
// The live view of a run: progress, rate, outcomes and reasons; buttons to pause, resume and stop it.

import { html, nothing, render } from "./vendor/lit-html/lit-html.js";
import { state, set, onRender, api, act, toast } from "./store.js";
import { listen } from "./live.js";
import { icon } from "./icons.js";
import { chartCard, mount, update, zoomTo } from "./chart.js";
import { applyTheme, liveMark, themeButton } from "./head.js";
import { PROVIDERS, clipped, clock, minute, plural, visible } from "./words.js";

const root = document.getElementById("app");
const count = (n) => n.toLocaleString("en");
const shut = (text, most = 200) => visible(clipped(String(text ?? ""), most)[0], true);

Object.assign(state, { run: null, rows: null, zoomed: false, busy: false });

/* ---- words ---- */

function span(seconds) {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 172800) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} days ${Math.floor((s % 86400) / 3600)} h`;
}

const milliseconds = (ms) => (ms === 0 ? "< 1 ms" : ms < 10000 ? `${count(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const STATES = { planned: "planned", running: "running", paused: "paused", stopping: "stopping", stopped: "stopped", done: "done", cancelled: "cancelled" };
const heldOf = (run) => Object.values(run.held).reduce((sum, n) => sum + n, 0);

/* ---- parts ---- */

const header = () => html`<header class="top"><a class="brand" href="./"><img src="icon.svg" alt="" width="26" height="26"><span><b>sms</b> run</span></a>
  ${liveMark()}
  ${themeButton()}</header>`;

async function tellRun(what, words) {
  set({ busy: true });
  await act("POST", what, undefined, words);
  set({ busy: false });
  await load();
}

function buttons(run) {
  const going = run.state === "running" || run.state === "paused";
  if (!going && run.state !== "stopping") return nothing;
  return html`<div class="acts">
    ${run.state === "paused" ? html`<button ?disabled=${state.busy} @click=${() => tellRun("resume", "Resumed")}>${icon("play")}Resume</button>`
      : html`<button ?disabled=${state.busy || !going} @click=${() => tellRun("pause", "Paused; requests in flight finish")}>${icon("pause")}Pause</button>`}
    <button ?disabled=${state.busy || !going} @click=${() => tellRun("stop", "Stopping; requests in flight finish")}>${run.state === "stopping" ? "Stopping …" : "Stop after what is in flight"}</button></div>`;
}

const OUTCOMES = [["accepted", "accepted"], ["not_sent", "not sent"], ["unknown", "unknown"], ["held", "held"]];

function progress(run) {
  const held = heldOf(run);
  const numbers = { accepted: run.accepted, not_sent: run.not_sent, unknown: run.unknown, held };
  const done = run.accepted + run.not_sent + run.unknown + held;
  const why = Object.keys(run.held);
  return html`<div class="progress" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax=${run.planned} aria-valuenow=${Math.min(done, run.planned)}
      aria-valuetext=${`${count(done)} of ${count(run.planned)}: ${OUTCOMES.map(([key, words]) => `${count(numbers[key])} ${words}`).join(", ")}`}>
      ${OUTCOMES.map(([key]) => html`<span class="part ${key}" ?hidden=${!numbers[key]} .style=${`flex-grow: ${numbers[key]}`}></span>`)}<span class="rest" .style=${`flex-grow: ${Math.max(0, run.planned - done)}`}></span></div>
    <p class="sums"><span><b>${count(done)}</b> of ${count(run.planned)}</span>
      ${OUTCOMES.map(([key, words]) => html`<span class="outcome-${key}"><i class="swatch ${key}" aria-hidden="true"></i><b>${count(numbers[key])}</b> ${words}${key === "held" && why.length ? html`: ${shut(why.join(", "))}` : nothing}</span>`)}</p>`;
}

const tile = (name, value, words) => html`<div class="tile" data-tile=${name}><b>${value}</b><span>${words}</span></div>`;

function timeTile(run) {
  if (run.eta !== undefined) return tile("left", span(run.eta), `left, ends about ${minute(run.now + run.eta)}`);
  if (run.state === "done") return tile("left", "done", `begun at ${minute(run.started)}`);
  const words = { running: run.rate.now > 0 ? "time left is not known yet" : "nothing moves" }[run.state] ?? `the run is ${STATES[run.state] ?? run.state}`;
  return tile("left", "–", words);
}

function tiles(run) {
  const { latency } = run;
  return html`<section class="tiles" aria-label="Figures">
    ${tile("rate", `${count(run.rate.now)} /s`, run.rate.limit === undefined ? "now; no limit" : `now; limit ${count(run.rate.limit)} /s`)}
    ${timeTile(run)}
    ${tile("flight", count(run.in_flight), "in flight")}
    ${tile("segments", count(run.segments), run.cost === undefined ? "segments so far" : `segments so far, cost ${run.cost.toLocaleString("en", { maximumFractionDigits: 2 })}`)}
    ${tile("times", latency ? `${milliseconds(latency.p50)} · ${milliseconds(latency.p95)}` : "–", "response, median · 95th")}</section>`;
}

/* ---- reasons and their rows ---- */

const PAGE = 50;

async function loadRows(reason, after = "0") {
  try {
    const answer = await api("GET", `rows?${new URLSearchParams({ state: reason.state, reason: reason.kind, limit: PAGE, after })}`);
    const before = after === "0" ? [] : state.rows?.list ?? [];
    set({ rows: { reason, list: [...before, ...answer.rows], more: answer.more } });
  } catch (problem) { toast(problem.message); }
}

function reasons(run) {
  const most = Math.max(1, ...run.reasons.map((reason) => reason.count));
  return html`<section class="card reasons"><h2>Reasons</h2>
    ${run.reasons.length ? html`<div class="bars">${run.reasons.map((reason) => html`<button class="bar" data-outcome=${reason.outcome} title="Show the rows" @click=${() => loadRows(reason)}>
      <span class="why">${shut(reason.words)} <span class="sr">(${reason.outcome === "unknown" ? "unknown" : "not sent"})</span></span><span class="track"><span class="fill ${reason.outcome}" .style=${`width: ${(reason.count / most) * 100}%`}></span></span>
      <span class="count">${count(reason.count)}</span></button>`)}</div>` : html`<p class="quiet">None so far.</p>`}
    ${run.unknown ? html`<p class="quiet hint-line">Unknown rows may have arrived. <code>sms outbox reconcile</code> resolves them from the provider's history.</p>` : nothing}</section>`;
}

const oneRow = (row) => html`<tr><td><bdi>${shut(row.to)}</bdi></td><td dir="auto">${shut(row.text ?? "", 160)}</td><td dir="auto">${shut(row.error ?? row.reason ?? "", 300)}</td>
  <td>${shut(row.provider_id ?? "–")}</td></tr>`;

function rowsDialog() {
  const { rows } = state;
  if (!rows) return nothing;
  const { reason } = rows;
  return html`<dialog class="card rows-dialog" aria-labelledby="rows-title" @close=${() => set({ rows: null })}>
    <header><h2 id="rows-title">${reason.outcome === "unknown" ? "Unknown" : "Not sent"}: ${shut(reason.words)} <span class="quiet">${plural(reason.count, "row")}</span></h2>
      <button class="plain square" autofocus aria-label="Close" @click=${(event) => event.target.closest("dialog").close()}>${icon("close")}</button></header>
    <div class="table" tabindex="0" role="region" aria-label="Rows"><table><thead><tr><th scope="col">To</th><th scope="col">Text</th><th scope="col">Why</th><th scope="col">Id</th></tr></thead>
      <tbody>${rows.list.map(oneRow)}</tbody></table></div>
    ${rows.more ? html`<div class="buttons"><button @click=${() => loadRows(reason, rows.list.at(-1).id)}>More rows</button></div>` : nothing}</dialog>`;
}

/* ---- providers ---- */

const BREAKERS = { closed: ["closed", "good"], half_open: ["probing", "warn"], open: ["open", "bad"] };

function breaker(provider) {
  const [words, tone] = BREAKERS[provider.breaker] ?? ["", "quiet"];
  return html`<b class="breaker ${tone}">${words}${provider.probe_in === undefined ? nothing : `, probe in ${provider.probe_in} s`}</b>`;
}

function providers(run) {
  const held = run.routes.filter((route) => route.paused || route.resumes_in !== undefined);
  return html`<section class="card providers"><h2>Providers</h2>
    ${run.providers.length ? html`<table><thead class="sr"><tr><th scope="col">Provider</th><th scope="col">Rate</th><th scope="col">Breaker</th></tr></thead>
      <tbody>${run.providers.map((provider) => html`<tr><th scope="row"><span class="dot ${Object.hasOwn(PROVIDERS, provider.name) ? provider.name : ""}" aria-hidden="true"></span><bdi>${shut(PROVIDERS[provider.name] ?? provider.name)}</bdi></th>
        <td class="right">${count(provider.rate)} /s</td><td class="right">${breaker(provider)}</td></tr>`)}</tbody></table>` : html`<p class="quiet">None used yet.</p>`}
    ${held.map((route) => html`<p class="alert">Route <bdi>${shut(route.route)}</bdi> ${route.paused ? "is paused" : `waits ${span(route.resumes_in)}`}${route.reason ? html`: ${shut(route.reason)}` : nothing}</p>`)}</section>`;
}

/* ---- the page ---- */

function about(run) {
  const words = [];
  if (run.plan) words.push(html`plan <code>${shut(run.plan)}</code>`);
  words.push(html`started <time datetime=${new Date(run.started * 1000).toISOString()} title=${new Date(run.started * 1000).toISOString()}>${clock(run.started)}</time>`);
  words.push(`${NUMBERS[run.workers] ?? count(run.workers)} ${run.workers === 1 ? "worker" : "workers"}`);
  return words.map((part, i) => html`${i ? " · " : nothing}${part}`);
}

function note(run) {
  if (run.state === "stopped") return html`<p class="hint">Stopped. <code>sms run --name</code> with the name of the run continues it.</p>`;
  if (run.state === "paused") return html`<p class="hint">Paused${run.reason ? html`: ${shut(run.reason)}` : nothing}. Workers wait until it is resumed.</p>`;
  if (run.workers === 0 && run.state === "running") return html`<p class="hint">No worker is running. <code>sms run --name</code> or <code>sms work</code> continues the run.</p>`;
  return nothing;
}

function page(run) {
  return html`<main class="run" tabindex="-1">
    <div class="head"><div class="names"><h1 dir="auto">${shut(run.name)}</h1><p class="quiet">${about(run)}</p><span class="chip state-${run.state}">${STATES[run.state] ?? run.state}</span></div>${buttons(run)}</div>
    ${progress(run)}<div role="status">${note(run)}</div>${tiles(run)}
    <div class="pair charts">${chartCard("texts", run.series)}${chartCard("times", run.series)}</div>
    <p class="quiet zoom">${state.zoomed ? html`<button class="link" @click=${() => zoomTo(null)}>Show the whole run</button>` : "Drag over a chart to zoom in."}</p>
    <div class="pair below">${reasons(run)}${providers(run)}</div></main>`;
}

let charted = false;

function draw() {
  const { run } = state;
  render(html`${header()}${run ? page(run) : html`<main class="run"><h1 class="sr">Run</h1><p class="quiet">Loading …</p></main>`}${rowsDialog()}
    <div class="toast" role="status">${state.toast ? html`<span>${state.toast}</span>` : nothing}</div>`, root);
  if (run && !charted) {
    charted = true;
    mount(root, run.series, (zoomed) => { if (zoomed !== state.zoomed) set({ zoomed }); });
  }
  const dialog = root.querySelector("dialog:not([open])");
  if (dialog) dialog.showModal();
}

function take(run) {
  const done = run.accepted + run.not_sent + run.unknown + heldOf(run);
  document.title = `${run.planned ? Math.floor((done * 100) / run.planned) : 100} % ${run.name}`;
  const fresh = !state.run || run.now >= state.run.now;
  if (!fresh) return;
  set({ run });
  if (charted) update(run.series);
}

async function load() {
  try { take(await api("GET", "snapshot")); } catch (problem) { if (state.live === "live") toast(problem.message); }
}

onRender(draw);
applyTheme();
load();
listen(take, (live) => { set({ live }); if (live === "live") load(); });
set({});
