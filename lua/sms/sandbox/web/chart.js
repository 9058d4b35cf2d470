// SPDX-License-Identifier: MIT
// The two charts of a run, on uPlot: cursor and zoom of both move together, colours follow the theme, the width that of the page, and a
// table that only screen readers see has the last values.

import { html } from "./vendor/lit-html/lit-html.js";
import { clock, minute } from "./words.js";

const uPlot = window.uPlot;
const HEIGHT = 220;
const LAST = 10; // steps in the hidden table

/** What the charts show: name, colour and, in a stack, what is below it. */
const CHARTS = {
  texts: { title: "Texts per second", unit: "", stacked: true, series: [["accepted", "accepted", "--good"], ["not_sent", "not sent", "--bad-solid"], ["unknown", "unknown", "--unknown"]] },
  times: { title: "Response time, ms", unit: " ms", stacked: false, series: [["p50", "median", "--accent"], ["p95", "95th", "--unknown"]] },
};

const DAY = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });

// Marks of the time axis, 24 h; the day where the marks are a day apart, or with the first of a day.
function timeMarks(plot, splits, axis, space, step) {
  let day = "";
  return splits.map((seconds) => {
    const date = new Date(seconds * 1000);
    const time = step < 60 ? clock(seconds) : minute(seconds);
    const today = DAY.format(date);
    const first = day !== "" && day !== today;
    day = today;
    return step >= 86400 ? today : first ? today + "\n" + time : time;
  });
}

const shown = (value) => (value === null || value === undefined ? "–" : value >= 10 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toFixed(1));

/** The columns of a chart, from the series of a snapshot: times, then one list for each line. */
export function columns(name, series) {
  const spec = CHARTS[name];
  const times = series.accepted.map((_, i) => series.from + i * series.step);
  const lists = spec.series.map(([key]) => (spec.stacked ? series[key].map((n) => n / series.step) : series[key]));
  return [times, ...lists];
}

// In a stack each list is drawn over the sum of it and those before it, the highest first.
function drawn(name, [times, ...lists]) {
  if (!CHARTS[name].stacked) return [times, ...lists];
  const sums = [];
  lists.forEach((list, i) => sums.push(i ? list.map((value, at) => value + sums[i - 1][at]) : list));
  return [times, ...sums.reverse()];
}

let colours = {};
const colour = (name) => () => colours[name];

// The resolved colour of a variable: a probe element has it as the browser computes it in this theme.
function readColours() {
  const probe = document.createElement("i");
  document.body.append(probe);
  for (const name of ["--good", "--bad-solid", "--unknown", "--accent", "--quiet", "--line"]) {
    probe.style.color = `var(${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
}

const plots = new Map();
let zoom = null; // [from, to] in seconds, of both charts
let onZoom = () => {};
let held = {};   // the columns as they came, by chart

function options(name, width) {
  const spec = CHARTS[name];
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const lines = spec.series.map(([, label, variable]) => (spec.stacked
    ? { label, fill: colour(variable), width: 0, stroke: colour(variable), paths: uPlot.paths.bars({ size: [1, 60], align: 1 }), points: { show: false } }
    : { label, stroke: colour(variable), width: 1.5, points: { show: false } }));
  return {
    width, height: HEIGHT, legend: { show: false },
    cursor: { sync: { key: "run" }, drag: { x: true, y: false, setScale: false }, points: { show: !spec.stacked } },
    scales: { x: { time: true }, y: { range: (plot, low, high) => [0, Math.max(1, (high || 0) * 1.1)] } },
    axes: [{ ...axis, values: timeMarks, space: 70, size: 34 }, { ...axis, size: 56, values: (plot, splits) => splits.map((n) => n.toLocaleString("en")) }],
    series: [{}, ...(spec.stacked ? lines.reverse() : lines)],
    hooks: {
      setSelect: [(plot) => {
        const { left, width: size } = plot.select;
        if (size < 5) return;
        zoomTo([plot.posToVal(left, "x"), plot.posToVal(left + size, "x")]);
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
      setCursor: [(plot) => tell(name, plot.cursor.idx)],
    },
  };
}

// The values under the cursor, else the last ones, into the legend.
function tell(name, index) {
  const place = document.querySelector(`[data-chart="${name}"] .legend`);
  const data = held[name];
  if (!place || !data) return;
  const at = index ?? data[0].length - 1;
  place.querySelector(".at").textContent = index === null || index === undefined ? "" : clock(data[0][at]);
  CHARTS[name].series.forEach((_, i) => { place.children[i].querySelector("b").textContent = shown(data[i + 1][at]) + CHARTS[name].unit; });
}

/** Shows a part of the time, or with null all of it. */
export function zoomTo(range) {
  zoom = range;
  for (const [name, plot] of plots) {
    const [times] = held[name];
    const [from, to] = zoom ?? [times[0], times[times.length - 1] + 1];
    plot.setScale("x", { min: from, max: Math.max(to, from + 5) });
  }
  onZoom(zoom !== null);
}

/** Puts the charts into their places below `root`, once; `told(zoomed)` is called when a zoom begins or ends. */
export function mount(root, series, told) {
  onZoom = told;
  readColours();
  for (const name of Object.keys(CHARTS)) {
    const place = root.querySelector(`[data-chart="${name}"] .plot`);
    held[name] = columns(name, series);
    const plot = new uPlot(options(name, place.clientWidth), drawn(name, held[name]), place);
    plots.set(name, plot);
    plot.over.addEventListener("dblclick", () => zoomTo(null));
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  }
  const again = () => { readColours(); for (const plot of plots.values()) plot.redraw(true, true); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  zoomTo(null);
}

/** New values; a zoom stays. */
export function update(series) {
  for (const [name, plot] of plots) {
    held[name] = columns(name, series);
    plot.setData(drawn(name, held[name]), false);
    tell(name, plot.cursor.idx);
  }
  zoomTo(zoom);
}

/** The place of a chart: title, legend, canvas, table of the last values. */
export function chartCard(name, series) {
  const spec = CHARTS[name];
  const [times, ...lists] = columns(name, series);
  const from = Math.max(0, times.length - LAST);
  return html`<figure class="card chart" data-chart=${name}><figcaption><h2>${spec.title}</h2>
    <p class="legend" aria-hidden="true">${spec.series.map(([key, label]) => html`<span class="key"><i class="swatch ${key}"></i>${label} <b></b></span>`)}<span class="at"></span></p></figcaption>
    <div class="plot" aria-hidden="true"></div>
    <table class="sr"><caption>${spec.title}, the last ${times.length - from} steps of ${series.step} s</caption>
      <thead><tr><th scope="col">Time</th>${spec.series.map(([, label]) => html`<th scope="col">${label}</th>`)}</tr></thead>
      <tbody>${times.slice(from).map((time, i) => html`<tr><th scope="row">${clock(time)}</th>${lists.map((list) => html`<td>${shown(list[from + i])}</td>`)}</tr>`)}</tbody></table>
  </figure>`;
}
