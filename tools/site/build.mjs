// SPDX-License-Identifier: MIT
// The documents as a static site: node tools/site/build.mjs OUT MODULES, from the checkout; MODULES is the folder with node_modules. Every
// page stands alone, with its own search over all of them; a link that leads nowhere ends the program with status 1.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync, mkdirSync, rmSync, existsSync, readdirSync, copyFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";

const [out, modules] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const markdown = require("markdown-it")({ html: true, linkify: false });
const anchor = require("markdown-it-anchor");

// The words of a heading as the forge that shows the Markdown makes anchors of them.
const slug = (text) => text.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
markdown.use(anchor.default ?? anchor, { slugify: slug });

// Groups of pages in the navigation: those that are listed come first, in this order.
const GROUPS = [
  ["Start", ["README.md", "docs/cli.md", "docs/inbox.md", "CHANGELOG.md"]],
  ["How to", ["docs/how-to/index.md"]],
  ["Guides", ["docs/messages.md", "docs/templates.md", "docs/text.md", "docs/numbers.md", "docs/errors.md", "docs/outbox.md"]],
  ["Reference", ["docs/reference/api.md", "docs/reference/modules.md", "docs/reference/messagewhiz.md", "docs/reference/websms.md",
    "docs/reference/zipwhip.md", "docs/reference/zoomconnect.md", "docs/reference/outbox.md", "docs/reference/sandbox.md"]],
  ["Inside", []],
];

const markdownFiles = (folder) => existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => entry.isDirectory() ? markdownFiles(posix.join(folder, entry.name))
    : entry.name.endsWith(".md") ? [posix.join(folder, entry.name)] : [])
  : [];

const sources = ["README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md"].filter(existsSync).concat(markdownFiles("docs")).sort();
const pageOf = (path) => path === "README.md" ? "index.html" : path.replace(/^docs\//, "").replace(/\.md$/, ".html").toLowerCase();

function groupOf(path) {
  const listed = GROUPS.find(([, paths]) => paths.includes(path));
  if (listed) return listed[0];
  if (path.startsWith("docs/how-to/")) return "How to";
  return path.startsWith("docs/reference/") ? "Reference" : "Inside";
}

const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const problems = [];
const pages = new Map();

for (const path of sources) {
  const text = readFileSync(path, "utf8");
  const tokens = markdown.parse(text, {});
  const sections = [];
  const anchors = new Set();
  let current = { title: "", id: "", words: [] };
  tokens.forEach((token, i) => {
    if (token.type === "heading_open") {
      current = { title: tokens[i + 1].content.replace(/`/g, ""), id: token.attrGet("id"), level: token.tag, words: [] };
      sections.push(current);
      anchors.add(current.id);
    } else if (token.type === "inline" || token.type === "fence") {
      current.words.push(token.content.replace(/<[^>]*>/g, ""));
      for (const [, id] of token.content.matchAll(/<a id="([^"]+)">/g)) anchors.add(id);
    }
  });
  pages.set(path, { path, page: pageOf(path), tokens, sections, anchors, links: [], title: sections[0]?.title ?? path });
}

// A link of one file to another becomes one of pages; what is no page (sources, examples) is shown as plain text.
function linkTo(from, href) {
  if (/^[a-z]+:/i.test(href)) return href;
  const [file, hash] = href.split("#");
  const target = file === "" ? from.path : posix.normalize(posix.join(posix.dirname(from.path), file));
  const page = pages.get(target) ?? pages.get(posix.join(target, "index.md"));
  if (page) {
    if (hash && !page.anchors.has(decodeURIComponent(hash))) problems.push(`${from.path}: no heading #${hash} in ${page.path}`);
    return posix.relative(posix.dirname(from.page), page.page) + (hash ? "#" + hash : "");
  }
  if (!existsSync(target)) problems.push(`${from.path}: nothing at ${href}`);
  return null;
}

// A picture is copied to where the page finds it.
function pictureAt(from, href) {
  const source = posix.normalize(posix.join(posix.dirname(from.path), href));
  if (!existsSync(source)) {
    problems.push(`${from.path}: no picture at ${href}`);
    return href;
  }
  const target = source.replace(/^docs\//, "");
  mkdirSync(dirname(join(out, target)), { recursive: true });
  copyFileSync(source, join(out, target));
  return posix.relative(posix.dirname(from.page), target);
}

function rewrite(from, tokens) {
  for (const token of tokens) {
    if (token.children) {
      const open = [];
      for (const child of token.children) {
        if (child.type === "link_open") {
          const to = linkTo(from, child.attrGet("href"));
          open.push(to);
          if (to === null) { child.tag = "span"; child.attrs = null; } else child.attrSet("href", to);
        } else if (child.type === "link_close" && open.pop() === null) child.tag = "span";
        else if (child.type === "image") child.attrSet("src", pictureAt(from, child.attrGet("src")));
      }
    }
  }
}

const STYLE = readFileSync(new URL("style.css", import.meta.url), "utf8");
const SCRIPT = readFileSync(new URL("search.js", import.meta.url), "utf8");

// The order of how-to pages is that of their index.
const listed = GROUPS.flatMap(([, paths]) => paths).concat(existsSync("docs/how-to/index.md")
  ? [...readFileSync("docs/how-to/index.md", "utf8").matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => "docs/how-to/" + name) : []);
const placeOf = (page) => (listed.indexOf(page.path) + listed.length + 1) % (listed.length + 1);

// The sections of the page that is shown.
function contents(page) {
  const sections = page.sections.filter((section) => section.level === "h2");
  if (sections.length < 2) return "";
  return `<ul class="sections">${sections.map((section) => `<li><a href="#${section.id}">${escape(section.title)}</a></li>`).join("")}</ul>`;
}

function navigation(here) {
  return GROUPS.map(([group]) => {
    const members = [...pages.values()].filter((page) => groupOf(page.path) === group).sort((a, b) => placeOf(a) - placeOf(b));
    if (members.length === 0) return "";
    const items = members.map((page) => {
      const to = posix.relative(posix.dirname(here.page), page.page);
      return `<li><a href="${to}"${page === here ? ' aria-current="page"' : ""}>${escape(page.title)}</a>${page === here ? contents(page) : ""}</li>`;
    });
    return `<h2>${group}</h2><ul>${items.join("")}</ul>`;
  }).join("");
}

// Tables that describe names are read downwards on a narrow screen; any other one is scrolled.
function tableOf(whole, inside) {
  const columns = [...inside.matchAll(/<th>(.*?)<\/th>/g)].map(([, text]) => text);
  const kind = columns.length > 2 && /^(meaning|notes|do)$/.test(columns.at(-1)) ? ' class="names"' : "";
  const head = inside.replace(/<th><\/th>/g, "<td></td>");
  return `<div class="wide" tabindex="0"><table${kind}>${head}</table></div>`;
}

function render(page) {
  rewrite(page, page.tokens);
  const body = markdown.renderer.render(page.tokens, markdown.options, {}).replace(/<table>([^]*?)<\/table>/g, tableOf)
    .replace(/<pre>/g, '<pre tabindex="0">');
  const root = posix.relative(posix.dirname(page.page), ".") || ".";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escape(page.title)} – lua-sms</title><link rel="stylesheet" href="${root}/style.css">
</head><body data-root="${root}">
<header><a href="${root}/index.html">lua-sms</a><label for="search" class="hidden">Search</label>
<input id="search" type="search" placeholder="Search" autocomplete="off"><ol id="found" hidden></ol></header>
<div class="page"><nav aria-label="Pages"><details open><summary>Pages</summary>${navigation(page)}</details></nav><main>${body}</main></div>
<script src="${root}/index.js"></script><script src="${root}/search.js"></script></body></html>
`;
}

rmSync(out, { recursive: true, force: true });
for (const page of pages.values()) {
  const path = join(out, page.page);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, render(page));
}
const index = [...pages.values()].flatMap((page) => page.sections.map((section) => (
  {
    page: page.page, of: page.title, id: section.id, title: section.title, words: section.words.join(" ").toLowerCase(),
    weight: page.path === "CHANGELOG.md" ? 0.2 : groupOf(page.path) === "Inside" ? 0.5 : 1,
  })));
writeFileSync(join(out, "index.js"), `const INDEX = ${JSON.stringify(index)};\n`);
writeFileSync(join(out, "style.css"), STYLE);
writeFileSync(join(out, "search.js"), SCRIPT);
if (existsSync("LICENSE")) copyFileSync("LICENSE", join(out, "LICENSE.txt"));

console.log(`${pages.size} pages, ${index.length} sections in ${out}`);
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
