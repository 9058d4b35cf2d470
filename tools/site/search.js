// SPDX-License-Identifier: MIT
// The search of the site: every word must occur; headings count more than what stands below them.
"use strict";
const field = document.getElementById("search");
const list = document.getElementById("found");
const root = document.body.dataset.root;

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return INDEX.map((entry) => {
    const title = (entry.title + " " + entry.of).toLowerCase();
    let score = 0;
    for (const word of words) {
      if (entry.title.toLowerCase().split(/[^\w]+/).includes(word)) score += 15;
      else if (title.includes(word)) score += 10;
      else if (entry.words.includes(word)) score += 1;
      else return null;
    }
    return { entry, score: score * entry.weight };
  }).filter(Boolean).sort((a, b) => b.score - a.score).slice(0, 12);
}

field.addEventListener("input", () => {
  list.replaceChildren(...find(field.value).map(({ entry }) => {
    const link = document.createElement("a");
    link.href = root + "/" + entry.page + "#" + entry.id;
    link.textContent = entry.title === entry.of ? entry.title : entry.title + " – " + entry.of;
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
  list.hidden = list.childElementCount === 0;
});
// Enter opens the first result, the arrows go through them.
document.querySelector("header").addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")];
  if (links.length === 0 || list.hidden) return;
  const at = links.indexOf(document.activeElement);
  if (event.key === "Enter" && document.activeElement === field) links[0].click();
  else if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)].focus();
  else if (event.key === "ArrowUp") (links[at - 1] ?? field).focus();
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
  if (event.key === "Escape") { field.value = ""; list.hidden = true; }
});
// On a narrow screen the list of pages is closed at first.
if (matchMedia("(max-width: 50rem)").matches) document.querySelector("nav details").open = false;
