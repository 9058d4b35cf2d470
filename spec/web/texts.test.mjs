// SPDX-License-Identifier: MIT
// A text from request to phone; replies; segments; hostile texts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picture, startBrowser, startSandbox, until } from "./support.mjs";

let sandbox, browser;
before(async () => { [sandbox, browser] = await Promise.all([startSandbox(), startBrowser()]); });
after(async () => {
  await browser.close();
  await sandbox.stop();
  assert.deepEqual(browser.complaints, []);
});

const rowOf = (page, words) => page.locator(".row", { hasText: words }).first();

test("an empty inbox shows the lines that send the first text to this very address", async () => {
  const page = await browser.open(sandbox.url);
  const lines = await page.locator(".first pre").innerText();
  assert.match(lines, /sms\.messagewhiz \{ apikey = "sandbox-key"/);
  assert.ok(lines.includes(`base_url = "${sandbox.url}/messagewhiz"`));
  await page.context().close();
});

test("a text is in the list, the phone and the details without reload, and moves to delivered", async () => {
  const page = await browser.open(sandbox.url);
  await sandbox.send("27825551234", "Your code is 447120.");
  await rowOf(page, "447120").click();
  await page.locator(".bubble.chosen", { hasText: "447120" }).waitFor();
  await page.locator(".details h2", { hasText: "Text 1" }).waitFor();
  await page.locator(".row .state", { hasText: "delivered" }).waitFor({ timeout: 8000 });
  await page.locator(".bubble .state", { hasText: "delivered" }).waitFor();
  await until(page, () => document.querySelectorAll(".timeline li").length === 3);
  assert.equal(await page.locator(".details .sums b").first().innerText(), "1");
  await picture(page, "text");
  await page.context().close();
});

test("a reply posts the webhook and has its bubble; after STOP the next text to that number is refused", async () => {
  const other = await startSandbox();
  await sandbox.api("PUT", "accounts/zipwhip", { webhook: other.url + "/nothing" });
  const page = await browser.open(sandbox.url);
  await sandbox.zipwhip("2065550123", "Your table is ready.");
  await rowOf(page, "Your table is ready").click();
  await page.locator("#reply").fill("On my way");
  await page.keyboard.press("Enter");
  await page.locator(".bubble.incoming", { hasText: "On my way" }).waitFor();
  assert.equal(await page.locator("#reply").inputValue(), "");
  await page.locator(".quick button", { hasText: "STOP" }).click();
  await page.locator(".bubble.incoming", { hasText: "STOP" }).waitFor();
  await page.locator(".tab", { hasText: "Webhooks" }).click();
  await page.locator(".hook", { hasText: "event=receive" }).first().waitFor();
  await page.locator(".hook .status.bad", { hasText: "404" }).first().waitFor();
  const refused = await (await sandbox.zipwhip("2065550123", "Again")).json();
  assert.equal(refused.success, false);
  await sandbox.api("PUT", "accounts/zipwhip", { webhook: "" });
  await other.stop();
  await page.context().close();
});

const CORPUS = ["a", "x".repeat(161), "ü".repeat(160), "€".repeat(100), "👍🏽".repeat(40), "[x]".repeat(70), "Don’t forget — the café opens at 9. ".repeat(5),
  "line\nbreak ".repeat(30), "مرحبا ليلى، موعدك غدا ".repeat(6), "See https://museum.example/visit?x=1&y=2. ".repeat(8), "e\u0301".repeat(90), "🇿🇦👨‍👩‍👧".repeat(20)];

test("the tinted pieces joined are the text, their count is the summary's, and forcing characters are marked", async () => {
  const page = await browser.open(sandbox.url);
  for (const text of CORPUS) {
    await sandbox.send("27825550042", text);
    const { messages: [summary] } = await sandbox.api("GET", "messages?limit=1");
    assert.equal(summary.text, text);
    await page.locator(`.row[data-n="${summary.n}"]`).click();
    await page.locator(".details h2", { hasText: new RegExp(`^Text ${summary.n}$`) }).waitFor();
    const seen = await page.evaluate(() => {
      const words = document.querySelector(".details .sent .words");
      return { text: words.textContent, segments: new Set([...words.querySelectorAll(".seg")].map((s) => s.dataset.seg)).size, marks: words.querySelectorAll(".forcing").length };
    });
    assert.equal(seen.text, text);
    assert.equal(seen.segments || 1, summary.segments);
    assert.equal(seen.marks > 0, summary.encoding === "ucs2", text);
  }
  await page.context().close();
});

test("attachments: images are shown by img alone, the rest is saved; nothing of them runs", async () => {
  const page = await browser.open(sandbox.url);
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP4z8AAQgwgDIEgGsoAsQAAaF8H+QpVtWkAAAAASUVORK5CYII=", "base64");
  const form = new FormData();
  form.set("session", "00000000-0000-4000-8000-000000000001:300000001");
  form.set("to", "2065550177");
  form.set("body", "Two files.");
  form.set("file0", new Blob([png], { type: "image/png" }), "<img src=x onerror=alert(1)>.png");
  form.set("file1", new Blob(["<script>alert(1)</script>"], { type: "text/plain" }), "note.html");
  const answer = await fetch(sandbox.url + "/zipwhip/messaging/send", { method: "POST", body: form });
  assert.equal((await answer.json()).success, true);
  await rowOf(page, "Two files.").click();
  await page.locator(".details .file img").waitFor();
  await until(page, () => [...document.querySelectorAll(".file img")].length === 2 && [...document.querySelectorAll(".file img")].every((img) => img.complete && img.naturalWidth === 2));
  assert.equal(await page.locator(".details .file").count(), 2);
  assert.match(await page.locator(".details .file").first().innerText(), /<img src=x onerror=alert\(1\)>\.png\s+image\/png, \d+ bytes/);
  assert.equal(await page.locator("[onerror], .file script, .file iframe, .file object").count(), 0);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".details .file a").nth(1).click()]);
  assert.equal(download.suggestedFilename(), "note.html");
  const raw = await fetch(sandbox.url + (await page.locator(".details .file a").nth(1).getAttribute("href")).replace(/^/, "/inbox/"));
  assert.equal(raw.headers.get("content-type"), "application/octet-stream");
  assert.equal(raw.headers.get("x-content-type-options"), "nosniff");
  await picture(page, "attachments");
  await page.context().close();
});

const HOSTILE = ["<img src=x onerror=alert(1)><script>alert(2)</script>", "<svg onload=alert(1)>", "javascript:alert(1) https://x\"onmouseover=alert(1)",
  "\u202Egnp.exe\u2066\u2069", "nul\u0000byte\u0007bell\u009B2J", "${alert(1)} {{7*7}} <!--?lit$0$-->", "x".repeat(100000), "a" + "\u0301".repeat(2000), "\uFEFF\u200B\u2028\u{E0041}"];

test("hostile texts run nothing, add nothing and hide nothing", async () => {
  const page = await browser.open(sandbox.url);
  for (const text of HOSTILE) {
    const answer = await sandbox.send("27825550066", text);
    if (!answer.ok) await sandbox.api("POST", "replies", { provider: "websms", from: "+27825550066", text });
  }
  // Bytes that are no UTF-8, as a form of websms carries them.
  await sandbox.post("/websms/smsmessaging/text", { authorization: "Bearer sandbox-token", "content-type": "application/json" },
    Buffer.from('{"recipientAddressList":["27825550066"],"messageContent":"lone \\ud800 surrogate"}'));
  const { messages } = await sandbox.api("GET", "messages?peer=27825550066&limit=20");
  for (const { n } of messages) {
    await page.locator(`.row[data-n="${n}"]`).click();
    await page.locator(".details h2", { hasText: new RegExp(`^Text ${n}$`) }).waitFor();
  }
  const found = await page.evaluate(() => ({
    alien: document.querySelectorAll("#app img:not(.brand img), #app script, #app iframe, #app object, [onerror], [onload], [onmouseover]").length,
    schemes: [...document.querySelectorAll(".words a")].map((a) => new URL(a.href).protocol),
    boxes: [...new Set([...document.querySelectorAll(".thread .hidden-char")].map((b) => b.textContent))],
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    high: Math.max(...[...document.querySelectorAll(".row")].map((r) => r.getBoundingClientRect().height)),
    blocked: (() => { try { document.body.insertAdjacentHTML("beforeend", "<b>x</b>"); return false; } catch { return true; } })(),
  }));
  assert.equal(found.alien, 0);
  assert.ok(found.schemes.every((scheme) => scheme === "http:" || scheme === "https:"), found.schemes);
  for (const code of ["202E", "2066", "0000", "0007", "009B", "200B", "FEFF", "2028", "E0041"]) assert.ok(found.boxes.includes(code), code + " is hidden: " + found.boxes);
  assert.equal(found.wide, false);
  assert.equal(found.high, 78);
  assert.equal(found.blocked, true);
  assert.match(browser.complaints.pop(), /requires 'TrustedHTML' assignment/); // that very attempt
  await page.context().close();
});
