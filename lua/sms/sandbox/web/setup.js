// SPDX-License-Identifier: MIT
// Addresses and credentials of the accounts, where their callbacks go, and how to send a first text.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { state, act, api, set } from "./store.js";
import { icon } from "./icons.js";
import { copy, luaClient } from "./copy.js";
import { PROVIDERS, plural, providerMark } from "./words.js";

/** Loads counts, accounts and faults. */
export async function loadState() {
  const value = await api("GET", "state");
  set({
    version: value.version, ahead: value.time - Date.now() / 1000, counts: value.counts, requests: value.requests, webhooks: value.webhooks,
    faults: value.faults, accounts: value.accounts,
  });
}

const line = (name, value) => html`<div class="credential"><dt>${name}</dt><dd><code>${value}</code><button class="plain square" aria-label="Copy ${name}" @click=${() => copy(value)}>${icon("copy")}</button></dd></div>`;

const field = (account, name, label) => html`<label class="address">${label}<input type="url" placeholder="http://127.0.0.1:8026/" spellcheck="false" .value=${account[name]}
  @change=${(e) => act("PUT", "accounts/" + account.name, { [name]: e.target.value.trim() }, "Saved").then((saved) => { if (!saved) e.target.value = account[name]; })}></label>`;

const formats = (account) => html`<label class="address">Format of callbacks<select .value=${account.format} @change=${(e) => act("PUT", "accounts/" + account.name, { format: e.target.value }, "Saved")}>
  ${["query", "form", "json"].map((name) => html`<option value=${name} ?selected=${account.format === name}>${name}</option>`)}</select></label>`;

const card = (account) => html`<section class="card account"><h2>${providerMark(account.name)} <span class="quiet">${plural(account.texts, "text")}</span></h2>
  <dl>${line("base_url", location.origin + account.path)}${account.credentials.map((c) => line(c.name, c.value))}
    ${account.balance !== undefined ? html`<div class="credential"><dt>balance</dt><dd>${plural(account.balance, "credit")}</dd></div>` : nothing}</dl>
  ${field(account, "webhook", "Webhook for reports")}
  ${account.reply_webhook !== undefined ? field(account, "reply_webhook", "Webhook for replies") : nothing}${account.format ? formats(account) : nothing}</section>`;

/** The tab. */
export function setupTab() {
  return html`<section class="page narrow-page"><h1>Setup</h1><p class="quiet">URLs and credentials of the four accounts. They are valid for this sandbox only.</p>
    <div class="accounts">${state.accounts.map(card)}</div>
    <p class="quiet">The same data as JSON: <a href="api/state">/inbox/api/state</a>. sms ${state.version}.</p></section>`;
}

const firstLines = (account) => luaClient(account)
  + `print(assert(client:send { to = "+27825551234", ${account.name === "messagewhiz" ? 'from = "Museum", ' : ""}text = "Your code is 447120." }).id)\n`;

/** What an empty inbox shows. */
export function firstText() {
  const account = state.accounts.find((a) => a.name === "messagewhiz");
  if (!account) return nothing;
  const lines = firstLines(account);
  return html`<div class="first"><h2>No texts yet</h2><p>This command sends the first one to this sandbox (${PROVIDERS[account.name]}; the others are under Setup):</p>
    <pre class="body" tabindex="0" role="region" aria-label="Lua that sends a text">${lines}</pre><button @click=${() => copy(lines)}>${icon("copy")}Copy</button></div>`;
}
