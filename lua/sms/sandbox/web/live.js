// SPDX-License-Identifier: MIT
// What changes, as it changes. One page of a browser listens and passes the lines on to the others: a browser has six connections
// for a host, and pages that listen each for themselves would use them up.

const channel = new BroadcastChannel("sms-sandbox-events");
let status = "connecting";
let leading = false;

/** Calls `onEvent(event)` for each change and `onStatus(status)` for "live" or "gone"; "live" means: load anew, something may have
    been missed. */
export function listen(onEvent, onStatus) {
  const take = (kind, value) => (kind === "event" ? onEvent(value) : onStatus(value));
  const tell = (kind, value) => {
    if (kind === "status") status = value;
    channel.postMessage({ kind, value });
    take(kind, value);
  };

  channel.onmessage = ({ data }) => {
    if (data.kind === "hello") {
      if (leading) channel.postMessage({ kind: "welcome", value: status });
    } else if (data.kind === "welcome") {
      if (status !== data.value) take("status", (status = data.value));
    } else {
      if (data.kind === "status") status = data.value;
      take(data.kind, data.value);
    }
  };

  const open = () => {
    const source = new EventSource("api/events");
    source.onopen = () => tell("status", "live");
    source.onmessage = ({ data }) => tell("event", JSON.parse(data));
    source.onerror = () => {
      tell("status", "gone");
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 2000);
    };
    addEventListener("pagehide", () => source.close());
  };

  navigator.locks.request("sms-sandbox-events", () => {
    leading = true;
    open();
    return new Promise(() => {}); // until the page goes
  });
  channel.postMessage({ kind: "hello" });
}
