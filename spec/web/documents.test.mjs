// SPDX-License-Identifier: MIT
// The example of docs/inbox.md for Playwright, as it stands there, against a small application that sends its codes through the sandbox.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startBrowser, startSandbox } from "./support.mjs";

const PAGE = `<!doctype html><title>Sign in</title>
<label>Phone <input id="phone"></label><button id="send">Send me a code</button><label>Code <input id="code"></label><p id="said"></p>
<script>
document.getElementById("send").onclick = () => fetch("/code", { method: "POST", body: document.getElementById("phone").value });
document.getElementById("code").oninput = async (event) => {
  const response = await fetch("/confirm", { method: "POST", body: event.target.value });
  document.getElementById("said").textContent = response.ok ? "Welcome" : "Wrong code";
};
</script>`;

let sandbox, browser, application;

const bodyOf = async (request) => {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
};

before(async () => {
  sandbox = await startSandbox();
  browser = await startBrowser();
  const code = String(Math.floor(Math.random() * 900000) + 100000);
  application = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (request.url === "/code") await sandbox.send(body, `Your code is ${code}.`);
    response.statusCode = request.url === "/confirm" && body !== code ? 403 : 200;
    response.setHeader("content-type", "text/html");
    response.end(request.url === "/sign-in" ? PAGE : "");
  });
  await new Promise((done) => application.listen(0, "127.0.0.1", done));
});

after(async () => {
  application.close();
  await browser.close();
  await sandbox.stop();
});

// The words of Playwright's own test runner that the example uses.
const expect = (value) => ({
  toBe: (wanted) => assert.equal(value, wanted),
  toBeVisible: () => value.waitFor({ state: "visible", timeout: 5000 }),
});

test("the example for Playwright signs in with the code that was sent", async () => {
  const [, block] = readFileSync("docs/inbox.md", "utf8").match(/\n```js\n([^]*?)\n```/);
  assert.ok(block.includes("http://127.0.0.1:8025"));
  const tests = [];
  new Function("test", "expect", block.replace("http://127.0.0.1:8025", sandbox.url))((name, body) => tests.push(body), expect);
  assert.equal(tests.length, 1);
  const context = await browser.context({ baseURL: `http://127.0.0.1:${application.address().port}` });
  await tests[0]({ page: await context.newPage(), request: context.request });
  await context.close();
});
