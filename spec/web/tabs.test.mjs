// SPDX-License-Identifier: MIT
// Faults, webhooks, requests, setup; keys; accessibility; widths.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeSource, picture, startBrowser, startSandbox, until } from "./support.mjs";

let sandbox, browser;
before(async () => {
  [sandbox, browser] = await Promise.all([startSandbox(), startBrowser()]);
  await sandbox.send("27825551234", "Don’t forget — the café opens at 9. See https://museum.example/. ".repeat(3));
  await sandbox.send("27825550001", "This one will not be delivered.");
  await sandbox.zipwhip("2065550123", "Your table is ready.");
  await sandbox.api("POST", "replies", { provider: "zipwhip", from: "+12065550123", text: "YES" });
});
after(async () => {
  await browser.close();
  await sandbox.stop();
  assert.deepEqual(browser.complaints, []);
});

const tab = (page, name) => page.locator(".tab", { hasText: name }).click();

test("each switch makes the next request fail in that way, the strip says so, and none is left", async () => {
  const page = await browser.open(sandbox.url);
  await tab(page, "Faults");
  const names = await page.locator(".switch input").evaluateAll((all) => all.map((input) => input.dataset.fault));
  assert.equal(names.length, 22);
  for (const name of names) {
    await page.locator(`.switch input[data-fault="${name}"]`).check();
    await page.locator(".strip", { hasText: name }).waitFor();
    if (name === "accept-then-hang") await picture(page, "faults");
    const attempt = fetch(sandbox.url + "/messagewhiz/sms", {
      method: "POST", headers: { "apikey": "sandbox-key", "content-type": "application/json" }, signal: AbortSignal.timeout(name.endsWith("hang") ? 300 : 5000),
      body: JSON.stringify({ to: "27825551234", from: "Museum", text: "x" }),
    }).then(async (response) => ({ status: response.status, text: await response.text() }), () => ({ status: 0, text: "" }));
    const { status, text } = await attempt.catch(() => ({ status: 0, text: "" }));
    const base = name.replace("accept-then-", "").replace(/=.*/, "");
    if (/^\d+$/.test(base)) assert.equal(status, Number(base), name);
    else if (base === "401-once") assert.equal(status, 401);
    else if (base === "html") assert.match(text, /^<!DOCTYPE html>/);
    else if (base === "empty") assert.equal(text, "");
    else if (base === "half-json") assert.throws(() => JSON.parse(text));
    else if (["drip", "duplicate-report", "early-report"].includes(base)) assert.equal(JSON.parse(text).message_id.length, 21);
    else assert.equal(status, 0, name);
    await page.locator(".strip").waitFor({ state: "detached" });
    await until(page, (fault) => !document.querySelector(`.switch input[data-fault="${fault}"]`).checked, name);
  }
  await page.context().close();
});

test("remove all asks first when there is more than one fault to lose", async () => {
  const page = await browser.open(sandbox.url);
  for (const fault of ["500", "429=2"]) await sandbox.api("POST", "faults", { fault, match: { provider: "zipwhip" } });
  await page.locator(".strip", { hasText: "2 faults planned" }).waitFor();
  await page.locator(".strip button").click();
  await page.locator("dialog button", { hasText: "No" }).click();
  assert.equal((await sandbox.api("GET", "faults")).length, 2);
  await page.locator(".strip button").click();
  await page.locator("dialog button", { hasText: "Yes" }).click();
  await page.locator(".strip").waitFor({ state: "detached" });
  assert.deepEqual(await sandbox.api("GET", "faults"), []);
  await page.context().close();
});

test("a webhook that was answered 500 shows it, and is posted again with the same bytes", async () => {
  const { createServer } = await import("node:http");
  const bodies = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (data) => { body += data; });
    request.on("end", () => { bodies.push(body); response.statusCode = bodies.length === 1 ? 500 : 200; response.end("order " + bodies.length); });
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
  const page = await browser.open(sandbox.url);
  await tab(page, "Setup");
  await page.locator(".account", { hasText: "Zipwhip" }).locator("input[type=url]").fill(`http://127.0.0.1:${receiver.address().port}/hooks`);
  await page.keyboard.press("Tab");
  await page.locator(".toast", { hasText: "Saved" }).waitFor();
  await sandbox.api("POST", "replies", { provider: "zipwhip", from: "+12065550123", text: "Second" });
  await tab(page, "Webhooks");
  const hook = page.locator(".hook").first();
  await hook.locator(".status", { hasText: "500" }).waitFor();
  await hook.locator("summary").click();
  await hook.locator("button", { hasText: "Post again" }).click();
  await hook.locator(".outcome .status", { hasText: "200" }).waitFor();
  assert.equal(await hook.locator(".tries li").count(), 2);
  assert.equal(bodies.length, 2);
  assert.equal(bodies[0], bodies[1]);
  await sandbox.api("PUT", "accounts/zipwhip", { webhook: "" });
  receiver.close();
  await page.context().close();
});

test("a request shows headers, body and answer; numbers of JSON stay as they stand; it is copied as curl", async () => {
  const page = await browser.open(sandbox.url, { permissions: ["clipboard-read", "clipboard-write"] });
  await tab(page, "Requests");
  await page.locator("tbody tr", { hasText: "/message/send" }).first().click();
  const answer = await page.locator(".beside pre.body").last().innerText();
  assert.match(answer, /130000000000000000\d/);
  await page.locator(".beside button", { hasText: "Copy as curl" }).click();
  await page.locator(".toast", { hasText: "Copied" }).waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^curl -X POST 'http:\/\/127\.0\.0\.1:\d+\/zipwhip\/message\/send'/);
  await page.context().close();
});

test("a state is decided by hand", async () => {
  const page = await browser.open(sandbox.url);
  await sandbox.send("27825550005", "Never final.");
  await page.locator(".row", { hasText: "Never final." }).click();
  await page.locator(".decide button", { hasText: "expired" }).click();
  await page.locator(".details header .state", { hasText: "expired" }).waitFor();
  assert.equal(await page.locator(".decide").count(), 0);
  await page.context().close();
});

test("keys: j k / r g+letter Esc ? do what the list of keys says, and nothing in a field", async () => {
  const page = await browser.open(sandbox.url);
  await page.locator(".row").first().waitFor();
  const chosen = () => page.evaluate(() => Number(document.querySelector(".row.chosen")?.dataset.n));
  const numbers = await page.locator(".row").evaluateAll((rows) => rows.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map((row) => Number(row.dataset.n)));
  for (const [key, expected] of [["j", numbers[0]], ["j", numbers[1]], ["k", numbers[0]]]) {
    await page.keyboard.press(key);
    await until(page, (n) => Number(document.querySelector(".row.chosen")?.dataset.n) === n, expected);
  }
  await page.locator(".row", { hasText: "YES" }).click();
  await page.locator("#reply").waitFor();
  await page.keyboard.press("r");
  await until(page, () => document.activeElement.id === "reply");
  const before = await chosen();
  await page.keyboard.type("jk/r?g");
  assert.equal(await page.locator("#reply").inputValue(), "jk/r?g");
  assert.equal(await chosen(), before);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  for (const [letter, title] of [["r", "Requests"], ["w", "Webhooks"], ["f", "Faults"], ["s", "Setup"], ["t", "Texts"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(letter);
    await page.locator("h1", { hasText: title }).waitFor({ state: "attached" });
  }
  await page.keyboard.press("/");
  await until(page, () => document.activeElement.id === "search");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await until(page, () => !document.querySelector(".row.chosen"));
  await until(page, () => document.activeElement.classList.contains("rows"));
  await page.keyboard.press("ArrowDown");
  await page.locator(".row.chosen").waitFor();
  await page.keyboard.press("Control+j");
  assert.equal(await chosen(), numbers[0]);
  await page.context().close();
});

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const [name, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["390 px", { viewport: { width: 390, height: 844 } }], ["320 px", { viewport: { width: 320, height: 700 } }]]) {
  test(`axe finds nothing on any tab, nothing goes sideways, focus is never lost: ${name}`, async () => {
    const page = await browser.open(sandbox.url, { ...options, bypassCSP: true });
    await page.addScriptTag({ content: axeSource });
    await sandbox.send("27825551234", "Don’t forget — the café opens at 9. See https://museum.example/. ".repeat(3));
    const problems = [];
    const check = async (place) => {
      const found = await page.evaluate((rules) => axe.run(document, { runOnly: rules }).then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target + " " + n.failureSummary).slice(0, 3).join("; ")}`)), RULES);
      problems.push(...found.map((problem) => `${place}: ${problem}`));
      if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) problems.push(place + " goes sideways");
    };
    await sandbox.api("POST", "faults", { fault: "429=2", match: { provider: "zipwhip" } });
    await page.locator(".strip").waitFor();
    await check("overview");
    await page.locator(".row", { hasText: "Don’t forget" }).first().click();
    await page.locator(".bubble.chosen").waitFor({ state: "attached" });
    await page.waitForTimeout(300);
    await check("phone");
    if (await page.locator("button.narrow").isVisible()) await page.locator("button.narrow").click();
    await page.locator(".details h2", { hasText: "Text" }).waitFor();
    await check("details");
    for (const title of ["Requests", "Webhooks", "Faults", "Setup"]) {
      await tab(page, title);
      await page.waitForTimeout(150);
      assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY", title);
      assert.equal(await page.locator("h1").count(), 1);
      if (title === "Requests") await page.locator("tbody tr").first().click();
      await page.waitForTimeout(150);
      await check(title);
      if (title === "Faults") await picture(page, "faults-" + name.replace(" ", ""));
    }
    await sandbox.api("DELETE", "faults");
    await page.context().close();
    assert.deepEqual(problems, []);
  });
}
