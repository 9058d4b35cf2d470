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
      if (title.includes(word)) score += 10;
      else if (entry.words.includes(word)) score += 1;
      else return null;
    }
    return { entry, score };
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
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
  if (event.key === "Escape") { field.value = ""; list.hidden = true; }
});
// On a narrow screen the list of pages is closed at first.
if (matchMedia("(max-width: 50rem)").matches) document.querySelector("nav details").open = false;
