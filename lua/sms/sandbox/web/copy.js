// SPDX-License-Identifier: MIT
// What can be taken away: a request as a curl command, a text as Lua.

import { toast } from "./store.js";

const quote = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
const SKIPPED = new Set(["host", "content-length", "accept-encoding", "connection"]);

/** The command that makes the same request. */
export function asCurl({ method, url, headers, body }) {
  const words = ["curl", "-X", method, quote(url)];
  for (const name of Object.keys(headers).sort()) {
    if (!SKIPPED.has(name.toLowerCase())) words.push("\\\n  -H", quote(`${name}: ${headers[name]}`));
  }
  if (body) words.push("\\\n  --data-binary", quote(body));
  return words.join(" ");
}

const luaText = (text) =>
  '"' + text.replace(/[\\"\n\r\0]/g, (c) => ({ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0" })[c]) + '"';

/** The Lua lines that open a client of this account. */
export function luaClient(account) {
  const needed = account.name === "websms" ? account.credentials.filter((c) => c.name === "token")
    : account.name === "zipwhip" ? account.credentials.filter((c) => c.name === "session") : account.credentials;
  const options = needed.map((c) => `${c.name} = ${luaText(c.value)}`);
  options.push(`base_url = ${luaText(location.origin + account.path)}`);
  return `local sms = require "sms"\nlocal client = sms.${account.name} { ${options.join(", ")} }\n`;
}

/** The Lua lines that send a text like this one. */
export function asLua(account, text) {
  const fields = [`to = ${luaText(text.peer)}`];
  if (account.name === "messagewhiz") fields.push(`from = ${luaText(text.from)}`);
  fields.push(`text = ${luaText(text.text)}`);
  return luaClient(account) + `local receipt = assert(client:send { ${fields.join(", ")} })\nprint(receipt.id)\n`;
}

/** Puts text on the clipboard. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser did not let this page copy");
  }
}
