// SPDX-License-Identifier: MIT
// The requests that came, and what each was answered.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { state, set, api, toast } from "./store.js";
import { icon } from "./icons.js";
import { asCurl, copy } from "./copy.js";
import { bodyPane, plural, providerMark, timeMark, visible } from "./words.js";

/** Loads the list, and the chosen request. */
export async function loadRequests() {
  try {
    const answer = await api("GET", "requests?limit=100");
    set({ requestList: answer.requests, requests: answer.total });
  } catch (problem) {
    if (state.live === "live") toast(problem.message);
  }
}

/** Shows one request. */
export async function openRequest(n) {
  try {
    set({ request: await api("GET", "requests/" + n) });
  } catch (problem) {
    toast(problem.message);
  }
}

const headersPane = (headers) => html`<dl class="headers">${Object.keys(headers).sort().map((name) => html`<div><dt>${visible(name, true)}</dt><dd>${visible(headers[name], true)}</dd></div>`)}</dl>`;

/** Headers, body and answer of a request. */
export const exchange = (request) => html`
  ${request.foreign ? html`<p class="alert">A credential in this request (${request.foreign}…) is not the sandbox's. If it is a real key, it was sent to the wrong URL.</p>` : nothing}
  ${headersPane(request.headers)}${request.query ? html`<p class="query"><code>?${visible(request.query, true)}</code></p>` : nothing}
  ${bodyPane(request.body, "Body of the request")}
  ${request.size > request.body.length && request.size > 65536 ? html`<p class="quiet">${plural(request.size, "byte")}; the first 64 KiB are kept.</p>` : nothing}
  <h3 class="minor">Response</h3>${bodyPane(request.answer, "Response") === nothing ? html`<p class="quiet">Empty.</p>` : bodyPane(request.answer, "Response")}`;

export const statusMark = (request) =>
  request.close ? html`<b class="status bad">${{ reset: "reset", fin: "closed", hang: "no response" }[request.close] ?? request.close}</b>`
    : html`<b class="status ${request.status < 400 ? "good" : "bad"}">${request.status ?? "failed"}</b>`;

const short = (request) => request.path.replace(/^\/[a-z]+(-\w+)?/, "");

const line = (request) => html`<tr class=${state.request?.n === request.n ? "chosen" : ""} @click=${() => openRequest(request.n)}>
  <td class="time">${timeMark(request.time)}</td><td class="provider">${providerMark(request.provider)}</td>
  <td class="path"><button class="link" aria-label="Request ${request.n}: ${request.method} ${short(request)}" @click=${(e) => { e.stopPropagation(); openRequest(request.n); }}><span class="verb">${request.method}</span> <code>${visible(short(request).slice(0, 120), true)}</code></button></td>
  <td>${statusMark(request)} ${request.fault ? html`<span class="chip bad">${request.fault}</span>` : nothing}</td><td class="right">${request.texts.length || ""}</td></tr>`;

function beside(request) {
  return html`<aside class="beside" aria-label="Request ${request.n}"><header><h2>Request ${request.n}</h2>
      <button class="plain square" aria-label="Close" @click=${() => set({ request: null })}>${icon("close")}</button></header>
    <div class="card"><p class="title"><span class="verb">${request.method}</span> <code>${visible(request.path, true)}</code> ${statusMark(request)}</p>
      ${exchange(request)}
      <div class="buttons"><button @click=${() => copy(asCurl({ ...request, url: location.origin + request.path + (request.query ? "?" + request.query : "") }))}>${icon("copy")}Copy as curl</button>
        ${request.texts.slice(0, 1).map((n) => html`<button @click=${() => { state.onChoose(n); set({ tab: "texts", pane: "details" }); }}>Text ${n}</button>`)}</div></div></aside>`;
}

/** The tab. */
export function requestsTab() {
  return html`<div class="split ${state.request ? "open" : ""}"><section class="page"><h1>Requests <span class="quiet">${state.requests.toLocaleString("en")}</span></h1>
    ${state.requestList.length ? html`<div class="card table"><table><thead><tr><th scope="col">Time</th><th scope="col" class="provider">Provider</th><th scope="col">Request</th><th scope="col">Response</th><th scope="col" class="right">Texts</th></tr></thead>
      <tbody>${state.requestList.map(line)}</tbody></table></div>` : html`<p class="quiet">No requests yet.</p>`}
    ${state.requests > state.requestList.length && state.requestList.length ? html`<p class="quiet">The newest ${state.requestList.length} are shown.</p>` : nothing}
  </section>${state.request ? beside(state.request) : nothing}</div>`;
}
