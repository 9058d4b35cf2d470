// SPDX-License-Identifier: MIT
// The page's state: one object, `set(change)`, one render a frame; and the calls of the API.

export const state = {
  tab: "texts", pane: "list", live: "connecting", paused: false, theme: localStorage.getItem("theme") || "auto",
  version: "", ahead: 0, counts: { all: 0, segments: 0, ucs2: 0, provider: {}, state: {} },
  requests: 0, webhooks: 0, faults: [], accounts: [], toast: "", question: null, keys: false,
  q: "", provider: "", state: "",
  chosen: null, details: null, thread: [], threadLimit: 50, peer: null, composer: "", newPeer: false,
  requestList: [], request: null, webhookList: [], openHooks: new Set(),
  faultFor: "", faultTimes: "1",
};

let paint = () => {};
let queued = false;

/** Calls `draw` once a frame after a change. */
export function onRender(draw) { paint = draw; }

/** Changes the state and has the page drawn. */
export function set(change) {
  Object.assign(state, change);
  if (queued) return;
  queued = true;
  const draw = () => { if (queued) { queued = false; paint(); } };
  requestAnimationFrame(draw);
  if (document.hidden) setTimeout(draw, 100);
}

let toastTimer;
/** Says something in passing. */
export function toast(words) {
  set({ toast: words });
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => set({ toast: "" }), 3500);
}

/** A call of the API: its value; rejects with the problem's words. */
export async function api(method, path, body) {
  const response = await fetch("api/" + path, {
    method, body: body === undefined ? undefined : JSON.stringify(body),
    headers: body === undefined ? {} : { "content-type": "application/json" },
  });
  const value = await response.json();
  if (!response.ok) throw new Error(value.error || "HTTP " + response.status);
  return value;
}

/** A call for its effect: what goes wrong is said. */
export async function act(method, path, body, words) {
  try {
    const value = await api(method, path, body);
    if (words) toast(words);
    return value;
  } catch (problem) {
    toast(problem.message);
    return null;
  }
}

/** Asks first when there is more than one thing to lose. */
export function confirmed(count, words, action) {
  if (count <= 1) action();
  else set({ question: { words, action } });
}

/** Seconds since the epoch by the sandbox's clock. */
export const now = () => Date.now() / 1000 + state.ahead;
