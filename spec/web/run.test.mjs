// SPDX-License-Identifier: MIT
// The view of a run: figures, charts, reasons and their rows, pause and stop; hostile names; accessibility; widths.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axeSource, picture, startBrowser, startSandbox, until } from "./support.mjs";

const LUA = process.env.LUA || "lua5.4";
const folder = mkdtempSync(join(tmpdir(), "sms-run-"));
const environment = { ...process.env, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
const started = [];
let browser;

/** `sms` with `--web`, or a line of Lua: `url` of its page, `stop(signal)`, `ended` (exit status). */
async function serve(words, more = {}) {
  const child = spawn(LUA, typeof words === "string" ? ["-e", words] : ["bin/sms", ...words], { stdio: ["ignore", "ignore", "pipe"], env: { ...environment, ...more } });
  started.push(child);
  let text = "";
  const ended = new Promise((done) => child.on("exit", (status) => done({ status, text })));
  const url = await new Promise((done, fail) => {
    child.stderr.on("data", (data) => { text += data; const found = text.match(/http:\/\/127\.0\.0\.1:\d+/); if (found) done(found[0]); });
    ended.then(() => fail(new Error("no page: " + text)));
  });
  const api = async (path, method = "GET") => (await fetch(`${url}/run/api/${path}`, { method })).json();
  return { url, api, ended, stop: (signal = "SIGTERM") => { child.kill(signal); return ended; } };
}

const filled = (name, seconds) => {
  const path = join(folder, `filled-${Math.random().toString(36).slice(2)}.db`);
  execFileSync(LUA, ["spec/web/run_filled.lua", path, name, String(seconds)], { env: environment });
  return "sqlite:" + path;
};

async function open(url, options) {
  const page = await (await browser.context(options)).newPage();
  await page.goto(url + "/run/");
  await page.waitForSelector(".live.live");
  await page.locator(".plot canvas").nth(1).waitFor();
  return page;
}

let watched, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
  watched = await serve(["watch", "june-promo", "--web", "--outbox", filled("june-promo", 240)]);
});
after(async () => {
  await browser.close();
  await watched.stop();
  await sandbox.stop();
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  assert.deepEqual(browser.complaints, []);
});

test("the four outcomes, the figures and the time left are those of the snapshot; unknown is by itself", async () => {
  const page = await open(watched.url);
  const snapshot = await watched.api("snapshot");
  assert.deepEqual([snapshot.accepted, snapshot.not_sent, snapshot.unknown, snapshot.held], [23023, 274, 13, { "other numbers": 310 }]);
  assert.match(await page.locator(".sums").innerText(), /23,620 of 40,000\s+23,023 accepted\s+274 not sent\s+13 unknown\s+310 held: other numbers/);
  const widths = await page.locator(".progress > span").evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().width));
  const whole = widths.reduce((a, b) => a + b);
  assert.ok(Math.abs(widths[0] / whole - 23023 / 40000) < 0.01, widths);
  assert.ok(widths[2] >= 2, "unknown is seen however small it is");
  assert.match(await page.locator("[data-tile=rate] span").innerText(), /limit 100 \/s/);
  assert.match(await page.locator("[data-tile=left]").innerText(), /\d+ min \d+ s\s+left, ends about \d\d:\d\d/);
  assert.match(await page.locator("[data-tile=times] b").innerText(), /^6\d ms · 2\d\d ms$/);
  assert.match(await page.locator(".names").innerText(), /june-promo.*plan .* · started \d\d:\d\d:\d\d · one worker/s);
  assert.match(await page.title(), /^59 % june-promo$/);
  const providers = await page.locator(".providers tbody tr").allInnerTexts();
  assert.match(providers[1], /Zipwhip\s+0 \/s\s+open, probe in (8\d\d|900) s/);
  assert.match(providers[2], /ZoomConnect\s+\d+ \/s\s+closed/);
  await picture(page, "run-light");
  await page.context().close();
});

test("the charts follow the theme and the width, are zoomed by dragging, and a hidden table has the last values", async () => {
  const page = await open(watched.url, { colorScheme: "light" });
  const pixel = () => page.evaluate(() => {
    const canvas = document.querySelector("[data-chart=texts] canvas");
    const seen = {};
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) { const key = `${data[i]},${data[i + 1]},${data[i + 2]}`; seen[key] = (seen[key] ?? 0) + 1; }
    return Object.entries(seen).sort((a, b) => b[1] - a[1])[0][0];
  });
  const good = () => page.evaluate(() => getComputedStyle(document.querySelector(".swatch.accepted")).backgroundColor.match(/[\d, ]+/)[0].replaceAll(" ", ""));
  assert.equal(await pixel(), await good());
  const light = await good();
  await page.locator("button.theme").click();
  await page.locator("button.theme").click();
  await until(page, () => document.documentElement.dataset.theme === "dark");
  await page.waitForTimeout(200);
  assert.notEqual(await good(), light);
  assert.equal(await pixel(), await good());
  await picture(page, "run-dark");
  const width = () => page.locator("[data-chart=texts] canvas").evaluate((canvas) => canvas.getBoundingClientRect().width);
  const wide = await width();
  await page.setViewportSize({ width: 700, height: 900 });
  await until(page, (before) => document.querySelector("[data-chart=texts] canvas").getBoundingClientRect().width !== before, wide);
  assert.ok(await width() <= 700);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.waitForTimeout(100);
  const box = await page.locator("[data-chart=times] .u-over").boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.locator("button", { hasText: "Show the whole run" }).waitFor();
  await page.waitForTimeout(1200); // snapshots come meanwhile: the zoom stays
  await page.locator("button", { hasText: "Show the whole run" }).click();
  await page.locator(".zoom", { hasText: "Drag over a chart" }).waitFor();
  const rows = await page.locator("[data-chart=texts] table tbody tr").allInnerTexts();
  assert.equal(rows.length, 10);
  const { series } = await watched.api("snapshot");
  for (const row of rows) {
    const [time, accepted, refused, unknown] = row.split(/\s+/);
    const at = series.accepted.findIndex((_, i) => new Date((series.from + i * series.step) * 1000).toTimeString().startsWith(time));
    assert.deepEqual([accepted, refused, unknown].map(Number), [series.accepted[at], series.not_sent[at], series.unknown[at]]);
  }
  await page.context().close();
});

test("a reason leads to its rows, page by page; names, reasons and texts are hostile and do nothing", async () => {
  // The command line takes no such name; the library does.
  const name = "<img src=x onerror=alert(1)>\u202E";
  const hostile = await serve(`require("sms.cli.view").serve(assert(require("sms").outbox.open("${filled(name, 60)}")), { name = "${name}", port = 0 })`);
  const page = await open(hostile.url);
  assert.equal(await page.locator("h1").innerText(), "<img src=x onerror=alert(1)>202E");
  await page.locator(".bar", { hasText: "refused as invalid" }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.locator("h2", { hasText: "Not sent: refused as invalid 188 rows" }).waitFor();
  assert.equal(await dialog.locator("tbody tr").count(), 50);
  await dialog.locator("button", { hasText: "More rows" }).click();
  await until(page, () => document.querySelectorAll("dialog tbody tr").length === 100);
  const first = await dialog.locator("tbody tr").first().innerText();
  assert.match(first, /\+27825000001\s+Hi <b>Guest 1<\/b>\s+<img src=x onerror=alert\(1\)>202E row \d+/);
  assert.equal(await page.locator("#app img:not(.brand img), #app b:has(i), [onerror]").count(), 0);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.locator(".bar[data-outcome=unknown]").click();
  await dialog.locator("h2", { hasText: "Unknown: the connection broke 13 rows" }).waitFor();
  await until(page, () => document.querySelectorAll("dialog tbody tr").length === 13);
  assert.equal(await dialog.locator("button", { hasText: "More rows" }).count(), 0);
  const blocked = await page.evaluate(() => { try { document.body.insertAdjacentHTML("beforeend", "<b>x</b>"); return false; } catch { return true; } });
  assert.equal(blocked, true);
  assert.match(browser.complaints.pop(), /requires 'TrustedHTML' assignment/); // that very attempt
  await page.context().close();
  await hostile.stop();
});

const account = () => ({ ZOOMCONNECT_EMAIL: "sandbox@example.org", ZOOMCONNECT_TOKEN: "sandbox-token", ZOOMCONNECT_URL: sandbox.url + "/zoomconnect" });

test("sms run --web: workers obey the page's pause, resume and stop, and the run ends with 5; it is continued and ends with 0", async () => {
  const list = join(folder, "list.csv");
  writeFileSync(list, "number,name\n" + Array.from({ length: 400 }, (_, i) => `+2782555${String(1000 + i)},Guest ${i}\n`).join(""));
  const run = await serve(["run", list, "--name", "live", "--text", "Hi {name}", "--yes", "--rate", "60", "--web", "--progress", "none"], account());
  const other = await serve(["watch", "live", "--web"]);
  const [page, beside] = [await open(run.url), await open(other.url)];
  await page.locator("button", { hasText: "Pause" }).click();
  await page.locator(".chip", { hasText: "paused" }).waitFor();
  await beside.locator(".chip", { hasText: "paused" }).waitFor();
  await until(page, () => document.querySelector("[data-tile=flight] b").textContent === "0");
  assert.equal(await page.locator("[data-tile=left] b").innerText(), "–");
  const at = (await other.api("snapshot")).accepted;
  await page.waitForTimeout(1200);
  assert.equal((await other.api("snapshot")).accepted, at);
  await beside.locator("button", { hasText: "Resume" }).click();
  await page.locator(".chip", { hasText: "running" }).waitFor();
  await until(page, (before) => Number(document.querySelector(".outcome-accepted b").textContent) > before, at);
  await beside.locator("button", { hasText: "Stop after what is in flight" }).click();
  const { status, text } = await run.ended;
  assert.equal(status, 5, text);
  assert.match(text, /to continue: sms run --name live/);
  await page.locator(".live.gone").waitFor();
  await beside.locator(".chip", { hasText: "stopped" }).waitFor();
  assert.equal(await beside.locator(".acts").count(), 0);
  const next = await serve(["run", "--name", "live", "--rate", "1000", "--web", "--progress", "none"], account());
  assert.equal((await next.ended).status, 0);
  await beside.locator(".chip", { hasText: "done" }).waitFor();
  // Who asks within half a second of another gets the same snapshot, and a worker writes its last second after its last rows.
  let end, drawn;
  for (let turn = 0; turn < 30 && drawn !== 400; turn++) {
    end = await other.api("snapshot");
    drawn = end.series.accepted.reduce((a, b) => a + b);
    await beside.waitForTimeout(100);
  }
  assert.equal(drawn, 400);
  assert.deepEqual([end.accepted, end.planned, end.in_flight, end.eta], [400, 400, 0, undefined]);
  const texts = await sandbox.api("GET", "messages?limit=1000");
  assert.equal(new Set(texts.messages.map((message) => message.to)).size, 400);
  assert.equal(texts.total, 400);
  await page.context().close();
  await beside.context().close();
  await other.stop();
});

test("a page of another origin can't pause a run, and reads nothing; its link leads to the view", async () => {
  const evil = createServer((request, response) => { response.setHeader("content-type", "text/html"); response.end(`<a id="link" href="${watched.url}/run/">run</a>`); });
  await new Promise((done) => evil.listen(0, "127.0.0.1", done));
  const page = await (await browser.context()).newPage();
  await page.goto(`http://127.0.0.1:${evil.address().port}/`);
  const read = await page.evaluate(async (url) => {
    const out = [];
    for (const [method, path] of [["POST", "pause"], ["POST", "stop"], ["GET", "snapshot"], ["GET", "rows?state=unknown"]]) {
      for (const mode of ["cors", "no-cors"]) {
        try {
          const response = await fetch(`${url}/run/api/${path}`, { method, mode });
          if (response.type !== "opaque") out.push(path + " " + await response.text());
        } catch { /* as it should be */ }
      }
    }
    return out;
  }, watched.url);
  assert.deepEqual(read, []);
  assert.equal((await watched.api("snapshot")).state, "running");
  await page.locator("#link").click();
  await page.locator("h1", { hasText: "june-promo" }).waitFor();
  await page.context().close();
  browser.complaints.splice(0, browser.complaints.length, ...browser.complaints.filter((line) => !/CORS|Access-Control/.test(line)));
  evil.close();
});

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const [name, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["390 px", { viewport: { width: 390, height: 844 } }], ["320 px", { viewport: { width: 320, height: 700 } }]]) {
  test(`axe finds nothing on the view of a run, nothing goes sideways: ${name}`, async () => {
    const page = await open(watched.url, { ...options, bypassCSP: true });
    await page.addScriptTag({ content: axeSource });
    const problems = [];
    const check = async (place) => {
      const found = await page.evaluate((rules) => axe.run(document, { runOnly: rules }).then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target + " " + n.failureSummary).slice(0, 3).join("; ")}`)), RULES);
      problems.push(...found.map((problem) => `${place}: ${problem}`));
      if (await page.evaluate(() => [document.documentElement, document.querySelector("main")].some((e) => e.scrollWidth > e.clientWidth))) problems.push(place + " goes sideways");
    };
    await check("run");
    await picture(page, "run-" + name.replace(" ", ""));
    await page.locator(".bar").first().click();
    await page.locator("dialog[open] tbody tr").first().waitFor();
    await check("rows");
    await picture(page, "run-rows-" + name.replace(" ", ""));
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.context().close();
    assert.deepEqual(problems, []);
  });
}
