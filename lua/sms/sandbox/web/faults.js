// SPDX-License-Identifier: MIT
// What goes wrong on purpose with the next requests.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { state, set, act, confirmed } from "./store.js";
import { icon } from "./icons.js";
import { PROVIDERS } from "./words.js";
import { loadState } from "./setup.js";

const GROUPS = [
  ["Refusals", [["429", "429, no Retry-After"], ["429=2", "429, Retry-After: 2"], ["401-once", "401 until a new login"], ["408", "408"]]],
  ["Broken servers", [["500", "500"], ["502", "502"], ["503", "503"], ["504", "504"], ["html=502", "HTML page, 502"], ["empty", "Empty, 200"]]],
  ["Broken connections", [["reset", "Connection reset"], ["close", "Closed without a response"], ["hang", "No response"], ["refused", "Connection refused"]]],
  ["Accepted, then broken", [["accept-then-reset", "Text accepted, then reset"], ["accept-then-hang", "Text accepted, then no response"],
    ["accept-then-500", "Text accepted, then 500"], ["half-json", "Half of the JSON"], ["cut", "Reset within the response"], ["drip=2", "Response over 2 s"]]],
  ["Reports", [["duplicate-report", "Each report twice"], ["early-report", "Report before the response"]]],
];

const TIMES = [["1", "Next request"], ["3", "Next three"], ["", "Until removed"], ["chance", "1 in 10"]];

const isFor = (rule, provider) => (rule.match.provider ?? "") === provider;
const planned = (fault) => state.faults.filter((rule) => rule.fault === fault && isFor(rule, state.faultFor));
const left = (rule) => (rule.match.times ? `${rule.match.times - rule.hits} left` : rule.match.chance ? "1 in " + Math.round(1 / rule.match.chance) : "all");

// A switch shows what was asked for until the sandbox has answered.
const asked = new Map();

async function flip(fault) {
  const rules = planned(fault);
  asked.set(fault, rules.length === 0);
  set({});
  await change(fault, rules);
  await loadState().catch(() => {});
  asked.delete(fault);
  set({});
}

async function change(fault, rules) {
  for (const rule of rules) await act("DELETE", "faults/" + rule.n);
  if (rules.length) return;
  const match = {};
  if (state.faultFor) match.provider = state.faultFor;
  if (state.faultTimes === "chance") match.chance = 0.1;
  else if (state.faultTimes) match.times = Number(state.faultTimes);
  await act("POST", "faults", { fault, match });
}

const toggle = ([fault, words]) => {
  const rules = planned(fault);
  return html`<label class="switch"><input type="checkbox" role="switch" .checked=${live(asked.get(fault) ?? rules.length > 0)} data-fault=${fault} @change=${() => flip(fault)}>
    <span class="slide" aria-hidden="true"></span><span>${words}</span>${rules.length ? html`<span class="chip bad">${left(rules[0])}</span>` : nothing}</label>`;
};

const choice = (legend, name, options) => html`<fieldset class="choice"><legend>${legend}</legend><div>${options.map(([value, words]) => html`<label class=${state[name] === value ? "on" : ""}>
  <input type="radio" name=${name} .checked=${live(state[name] === value)} @change=${() => set({ [name]: value })}>${words}</label>`)}</div></fieldset>`;

export const removeAll = () => confirmed(state.faults.length, `Remove all ${state.faults.length} faults?`, () => act("DELETE", "faults"));

/** The strip below the header, as long as something is planned. */
export function faultStrip() {
  const count = state.faults.length;
  return html`<div class="strip-space" role="status">${count ? html`<div class="strip">${icon("bolt")}<b>${count === 1 ? "1 fault planned:" : `${count} faults planned:`}</b>
    <span class="planned">${state.faults.slice(0, 4).map((rule) => html`<span class="chip">${rule.match.provider ?? "all"} · ${rule.fault} · ${left(rule)}</span>`)}</span>
    <button @click=${removeAll}>Remove all</button></div>` : nothing}</div>`;
}

/** The tab. */
export function faultsTab() {
  return html`<section class="page narrow-page"><h1>Faults</h1>
    <p class="quiet">Faults of the next requests. The first matching rule applies; texts of “Accepted, then broken” still appear in the inbox.</p>
    <div class="choices">${choice("For", "faultFor", [["", "All"], ...Object.entries(PROVIDERS)])}${choice("How often", "faultTimes", TIMES)}</div>
    <div class="groups">${GROUPS.map(([title, switches]) => html`<section class="card group"><h2>${title}</h2>${switches.map(toggle)}</section>`)}</div>
    <h2>Planned</h2>
    ${state.faults.length ? html`<div class="card table"><table><thead><tr><th scope="col">Fault</th><th scope="col">Provider</th><th scope="col" class="right">Hits</th><th scope="col" class="right">Of</th><th scope="col"><span class="sr">Remove</span></th></tr></thead>
      <tbody>${state.faults.map((rule) => html`<tr><td><code>${rule.fault}</code></td><td>${rule.match.provider ? PROVIDERS[rule.match.provider] ?? rule.match.provider : "all"}</td><td class="right">${rule.hits}</td>
        <td class="right">${rule.match.times ?? (rule.match.chance ? left(rule) : "all")}</td><td class="right"><button aria-label="Remove ${rule.fault}" @click=${() => act("DELETE", "faults/" + rule.n)}>Remove</button></td></tr>`)}</tbody></table></div>`
      : html`<p class="quiet">Nothing.</p>`}
    <p class="quiet">One request can ask for itself: header <code>X-Sandbox-Fault: accept-then-reset</code>. Numbers that end in 0001 are undelivered, 0002 expire, 0003 are rejected, 0004 fail, 0005 get no final report.</p>
  </section>`;
}
