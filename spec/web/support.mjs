// SPDX-License-Identifier: MIT
// What the tests of the page share: a sandbox of their own, a browser, and the API.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The development packages are outside the tree of the sources: tools/web.sh says where.
const require = createRequire(process.env.WEB_MODULES + "/");
const { chromium } = require("playwright-core");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** A sandbox in a process of its own, `filled` with so many texts: `url`, `api`, `send`, `stop`. */
export async function startSandbox({ port = 0, filled = 0 } = {}) {
  const words = filled ? ["spec/web/filled.lua", String(filled)] : ["bin/sms", "sandbox", "--port", String(port), "--until-eof", "--seconds", "300"];
  const child = spawn(process.env.LUA || "lua5.4", words, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((done) => child.on("exit", done));
  const url = await new Promise((done, fail) => {
    let text = "";
    child.stdout.on("data", (data) => { text += data; if (text.includes("\n")) done(text.slice(0, text.indexOf("\n"))); });
    child.on("exit", () => fail(new Error("the sandbox did not start: " + text)));
  });
  const api = async (method, path, body) => {
    const response = await fetch(url + "/inbox/api/" + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    return response.json();
  };
  const post = (path, headers, body) => fetch(url + path, { method: "POST", headers, body });
  const send = (to, text, from = "Museum") => post("/messagewhiz/sms", { "apikey": "sandbox-key", "content-type": "application/json" }, JSON.stringify({ to, from, text }));
  const zipwhip = (number, text) => post("/zipwhip/message/send", { "content-type": "application/x-www-form-urlencoded" },
    new URLSearchParams({ session: "00000000-0000-4000-8000-000000000001:300000001", contacts: "ptn:/" + number, body: text }));
  return { url, port: Number(new URL(url).port), pid: child.pid, api, post, send, zipwhip, stop: () => { child.stdin.end(); return ended; } };
}

/** A browser with a fresh profile: `context(options)`, `close`. Fails the test for what a page complains of or asks elsewhere. */
export async function startBrowser() {
  const folder = mkdtempSync(join(tmpdir(), "sms-web-"));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS, env: { ...process.env, HOME: folder } });
  const complaints = [];
  const context = async (options = {}) => {
    const made = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    made.on("page", (page) => {
      page.on("pageerror", (problem) => complaints.push("error: " + problem.message));
      page.on("dialog", (dialog) => { complaints.push("dialog: " + dialog.message()); dialog.dismiss(); });
      page.on("console", (line) => { if (line.type() === "error" && !/Failed to load resource|net::ERR/.test(line.text())) complaints.push("console: " + line.text()); });
      page.on("request", (request) => { if (!/^(https?:\/\/127\.0\.0\.1[:/]|data:|about:|blob:)/.test(request.url())) complaints.push("elsewhere: " + request.url()); });
    });
    return made;
  };
  const open = async (url, options) => {
    const page = await (await context(options)).newPage();
    await page.goto(url + "/inbox/");
    await page.waitForSelector(".live.live");
    return page;
  };
  return { browser, context, open, complaints, close: async () => { await browser.close(); rmSync(folder, { recursive: true, force: true }); } };
}

/** Waits until a question of the page is answered truly. */
export const until = (page, question, argument, timeout = 5000) => page.waitForFunction(question, argument, { timeout });

/** Keeps a picture for whoever wants to look. */
export const picture = (page, name) => process.env.WEB_PICTURES && page.screenshot({ path: join(process.env.WEB_PICTURES, name + ".png") });
