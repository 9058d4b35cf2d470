// SPDX-License-Identifier: MIT
// The webhooks that were posted, each with its tries.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { state, set, api, act, toast } from "./store.js";
import { icon } from "./icons.js";
import { asCurl, copy } from "./copy.js";
import { bodyPane, clipped, plural, timeMark, visible } from "./words.js";

/** Loads the list. */
export async function loadWebhooks() {
  try {
    const answer = await api("GET", "webhooks?limit=100");
    set({ webhookList: answer.webhooks, webhooks: answer.total });
  } catch (problem) {
    if (state.live === "live") toast(problem.message);
  }
}

const tryMark = (hook) => {
  const last = hook.tries.at(-1);
  if (hook.state === "waiting" || !last) return html`<span class="quiet">waiting</span>`;
  if (last.error) return html`<b class="status bad">not reached</b>`;
  return html`<b class="status ${hook.state === "taken" ? "good" : "bad"}">${last.status}</b> <span class="quiet">${last.ms} ms</span>`;
};

const oneTry = (entry, i) => html`<li>${timeMark(entry.time)} attempt ${i + 1}: ${entry.error ? html`<span class="bad">${visible(entry.error, true)}</span>` : html`<b>${entry.status}</b> in ${entry.ms} ms`}
  ${entry.body ? bodyPane(entry.body, `Answer to try ${i + 1}`) : nothing}</li>`;

/** One webhook: method, address, outcome; open: tries, body, and to post it again. */
export const hookRow = (hook, withTime = false) => html`<details class="hook" data-n=${hook.n}>
  <summary>${withTime ? html`<span class="time">${timeMark(hook.time)}</span><span class="dot ${hook.provider}" aria-hidden="true"></span>` : nothing}
    <span class="verb">${hook.method}</span> <code>${visible(clipped(hook.url, 200)[0], true)}</code><span class="outcome">${tryMark(hook)}</span></summary>
  <div class="inside"><p class="whole"><code>${visible(hook.url, true)}</code></p><ol class="tries">${hook.tries.map(oneTry)}</ol>${bodyPane(hook.body, "Body of the webhook")}
    <div class="buttons"><button @click=${() => act("POST", `webhooks/${hook.n}/resend`, {}, "Posted again")}>${icon("hook")}Post again</button>
      <button @click=${() => copy(asCurl(hook))}>${icon("copy")}Copy as curl</button>
      ${hook.texts.slice(0, 1).map((n) => html`<button @click=${() => { state.onChoose(n); set({ tab: "texts", pane: "details" }); }}>Text ${n}</button>`)}</div></div>
</details>`;

/** The tab. */
export function webhooksTab() {
  return html`<section class="page narrower"><h1>Webhooks <span class="quiet">${state.webhooks.toLocaleString("en")} posted</span></h1>
    ${state.webhookList.length ? html`<div class="card hooks">${state.webhookList.map((hook) => hookRow(hook, true))}</div>`
      : html`<p class="quiet">None posted yet. Set the URLs for reports and replies under <button class="link" @click=${() => set({ tab: "setup" })}>Setup</button>.</p>`}
    ${state.webhooks > state.webhookList.length && state.webhookList.length ? html`<p class="quiet">The newest ${plural(state.webhookList.length, "one")} of ${state.webhooks}.</p>` : nothing}
  </section>`;
}
