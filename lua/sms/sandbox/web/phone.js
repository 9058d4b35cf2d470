// SPDX-License-Identifier: MIT
// The phone of one number: its texts as bubbles, and a place to answer from it.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { state, set, api, act, toast } from "./store.js";
import { icon } from "./icons.js";
import { PROVIDERS, attachments, clipped, day, phone, plural, segmented, stateMark, timeMark, visible } from "./words.js";

const MOST_SHOWN = 4000; // characters of a bubble
const QUICK = ["STOP", "START", "HELP", "YES"];

/** Loads the texts of the chosen number. */
export async function loadThread() {
  const peer = state.peer;
  if (!peer) return;
  try {
    const answer = await api("GET", `messages?limit=${state.threadLimit}&peer=${encodeURIComponent(peer)}`);
    if (state.peer !== peer) return;
    set({ thread: answer.messages.reverse(), threadTotal: answer.total });
  } catch (problem) {
    if (state.live === "live") toast(problem.message);
  }
}

let soon = null;
/** Takes in an event. */
export function onEvent(event) {
  if (!state.peer) return;
  if (event.more || event.cleared) {
    soon ??= setTimeout(() => { soon = null; loadThread(); }, 150);
    return;
  }
  const mine = event.texts.filter((text) => text.peer === state.peer);
  if (!mine.length) return;
  const byNumber = new Map(state.thread.map((text) => [text.n, text]));
  const oldest = state.thread[0]?.n ?? 0;
  let added = 0;
  for (const text of mine) {
    if (text.n < oldest) continue;
    if (!byNumber.has(text.n)) added++;
    byNumber.set(text.n, text);
  }
  const thread = [...byNumber.values()].sort((a, b) => a.n - b.n).slice(-state.threadLimit);
  set({ thread, threadTotal: (state.threadTotal ?? 0) + added });
}

// The provider that an answer goes to: that of the newest text.
const providerOf = () => state.thread.at(-1)?.provider;

async function reply(text) {
  const provider = state.newPeer ? state.newProvider ?? "zipwhip" : providerOf();
  const from = state.newPeer ? state.newNumber ?? "" : state.peer;
  if (!text.trim()) return;
  const body = { provider, from, text };
  const last = state.thread.at(-1);
  if (!state.newPeer && provider === "websms") body.to = (last.direction === "in" ? last.to : last.from).match(/^\+?\d+$/)?.[0];
  const answer = await act("POST", "replies", body);
  if (!answer) return;
  set({ composer: "" });
  if (state.newPeer) {
    set({ newPeer: false });
    state.onChoose(answer.n);
  }
}

const onEnter = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  reply(state.composer);
};

const composer = (label) => html`<div class="composer">
  <div class="quick">${QUICK.map((word) => html`<button class="chip" @click=${() => reply(word)}>${word}</button>`)}</div>
  <div class="field"><textarea id="reply" rows="1" dir="auto" aria-label=${label} placeholder=${label} .value=${live(state.composer)}
    @input=${(e) => set({ composer: e.target.value })} @keydown=${onEnter}></textarea>
    <button class="primary square" aria-label="Send the reply" title="Send" @click=${() => reply(state.composer)}>${icon("send")}</button></div>
</div>`;

function bubble(text, previous) {
  const [shown, more] = clipped(text.text, MOST_SHOWN);
  const incoming = text.direction === "in";
  const sender = `${text.from} ${text.provider} ${text.direction}`;
  const before = previous && `${previous.from} ${previous.provider} ${previous.direction}`;
  return html`
    ${!previous || day(previous.time) !== day(text.time) ? html`<p class="day">${day(text.time)}</p>` : nothing}
    ${!incoming && sender !== before ? html`<p class="sender"><span class="dot ${text.provider}" aria-hidden="true"></span><b><bdi>${visible(clipped(phone(text.from), 40)[0], true)}</bdi></b> via ${PROVIDERS[text.provider]}</p>` : nothing}
    <div class="bubble ${incoming ? "incoming" : ""} ${text.n === state.chosen ? "chosen" : ""}" data-n=${text.n} @click=${(e) => { if (!e.target.closest("a")) state.onChoose(text.n, true); }}>
      <p class="words" dir="auto">${segmented(shown, text.cuts.filter((cut) => cut < shown.length))}${more ? html`<span class="more">… ${plural(more, "more character")}</span>` : nothing}</p>${attachments(text, false)}
      <p class="foot">${timeMark(text.time)}${text.segments > 1 ? html`<span>${text.segments} segments</span>` : nothing}${incoming ? stateMark("received", "reply") : stateMark(text.state)}
        <button class="link show" @click=${(e) => { e.stopPropagation(); state.onChoose(text.n, true); set({ pane: "details" }); }} aria-label="Details of text ${text.n}">details</button></p>
    </div>`;
}

const fromNew = () => html`<section class="phone" aria-label="Text from a new number">
  <div class="handset">
    <header class="who"><button class="plain square" aria-label="Back" @click=${() => set({ newPeer: false, pane: "list" })}>${icon("back")}</button><h2>Text from a new number</h2></header>
    <div class="fields">
      <label>Number <input type="tel" .value=${live(state.newNumber ?? "+12065550142")} @input=${(e) => set({ newNumber: e.target.value })}></label>
      <label>Writes to <select .value=${live(state.newProvider ?? "zipwhip")} @change=${(e) => set({ newProvider: e.target.value })}>
        ${state.accounts.filter((a) => a.replies).map((a) => html`<option value=${a.name}>${PROVIDERS[a.name]}</option>`)}</select></label>
    </div>
    <div class="grow"></div>${composer("Text")}
  </div></section>`;

/** The pane. */
export function phonePane() {
  if (state.newPeer) {
    state.newNumber ??= "+12065550142";
    return fromNew();
  }
  if (!state.peer) {
    return html`<section class="phone" aria-label="Phone"><div class="nothing">${icon("phone")}
      <p>Choose a text to see the phone that it went to.</p>
      <p class="keys"><kbd>j</kbd> <kbd>k</kbd> move · <kbd>r</kbd> reply · <kbd>/</kbd> search · <kbd>?</kbd> all keys</p>
      <p><button @click=${() => set({ newPeer: true, pane: "phone" })}>Text from a new number</button></p></div></section>`;
  }
  const provider = providerOf();
  const older = (state.threadTotal ?? 0) - state.thread.length;
  return html`<section class="phone" aria-label="Phone"><div class="handset">
    <header class="who"><button class="plain square back" aria-label="Back to the list" @click=${() => set({ pane: "list" })}>${icon("back")}</button>
      <span class="avatar" aria-hidden="true">${state.peer.slice(-2)}</span>
      <div><h2><bdi>${visible(clipped(phone(state.peer), 40)[0], true)}</bdi></h2><p>${plural(state.threadTotal ?? state.thread.length, "text")}</p></div>
      <button class="plain narrow" @click=${() => set({ pane: "details" })}>Details</button></header>
    <div class="thread" role="log" aria-live="off" aria-label="Conversation" tabindex="0">
      ${older > 0 ? html`<p class="day"><button @click=${() => { state.threadLimit += 50; loadThread(); }}>${plural(older, "older text")}</button></p>` : nothing}
      ${repeat(state.thread, (text) => text.n, (text, i) => bubble(text, state.thread[i - 1]))}
    </div>
    ${provider === "messagewhiz" ? html`<p class="no-reply">MessageWhiz documents no inbound messages.</p>` : composer(`Reply as ${phone(state.peer)}`)}
  </div></section>`;
}

let lastSeen = "";
/** Shows the newest bubble, or the one that was chosen, after a change of either. */
export function settleThread(root) {
  const thread = root.querySelector(".thread");
  if (!thread) { lastSeen = ""; return; }
  const seen = `${state.peer} ${state.chosen} ${state.thread.at(-1)?.n}`;
  if (seen === lastSeen) return;
  const [peer, chosen] = lastSeen.split(" ");
  lastSeen = seen;
  if (peer === state.peer && Number(chosen) === state.chosen) { thread.scrollTop = thread.scrollHeight; return; }
  thread.querySelector(".bubble.chosen")?.scrollIntoView({ block: "nearest" });
}

