// SPDX-License-Identifier: MIT
// Random valid phone numbers in several spellings, each with what libphonenumber reads in it; run by trials/numbers.lua, which says how.
// The oracle is the code of npm's google-libphonenumber: with the metadata that it ships, or ("same") with those of
// libphonenumber-js, from which our table is written. A line: spelling, region that it is written in, text, number meant, its kind,
// number read ("-": none or not valid), kind read. The first line tells versions. NUMBERS may be "each": one number of each region.
"use strict";

const fs = require("fs");
const path = require("path");
const Module = require("module");

const [directory, which, wanted, seed] = [process.argv[2], process.argv[3], process.argv[4], Number(process.argv[5])];
const folder = (name) => path.resolve(directory, "node_modules", name);
const version = (name) => JSON.parse(fs.readFileSync(path.join(folder(name), "package.json"), "utf8")).version;

// ---- metadata

const file = path.join(folder("google-libphonenumber"), "dist/libphonenumber.js");
const code = fs.readFileSync(file, "utf8");
const head = "i18n.phonenumbers.metadata.countryToMetadata=";
const from = code.indexOf(head) + head.length;
const to = code.indexOf("};", from) + 1;
const shipped = eval("(" + code.slice(from, to) + ")");

const newer = JSON.parse(fs.readFileSync(path.join(folder("libphonenumber-js"), "metadata.max.json"), "utf8"));
// Places of the kinds in google's arrays, in the order of libphonenumber-js.
const KINDS = [2, 3, 4, 5, 7, 28, 25, 21, 8, 6];

const put = (region, facts) => {
  const target = shipped[region];
  const description = (old, pattern, lengths) => {
    const made = Array.isArray(old) ? old.slice() : [];
    made[2] = pattern;
    made[9] = lengths;
    return made;
  };
  target[1] = description(target[1], facts[2], facts[3]);
  target[11] = facts[1] || undefined;
  target[12] = facts[5] || undefined;
  target[15] = facts[7] || facts[5] || undefined;
  target[16] = facts[8] || undefined;
  target[23] = facts[10] || undefined;
  KINDS.forEach((place, i) => {
    const kind = facts[11] && facts[11][i];
    if (!kind) target[place] = [, , , , , , , , , [-1]];
    else if (kind[0] === "") target[place] = target[2].slice();
    else target[place] = description(target[place], kind[0], kind[1] || facts[3]);
  });
};

if (which === "same") {
  for (const region in newer.countries) put(region, newer.countries[region]);
  for (const region in newer.nonGeographic) put(region, newer.nonGeographic[region]);
}

const loaded = new Module(file);
loaded.filename = file;
loaded.paths = Module._nodeModulePaths(path.dirname(file));
loaded._compile(code.slice(0, from) + JSON.stringify(shipped) + code.slice(to), file);
const library = loaded.exports;
const util = library.PhoneNumberUtil.getInstance();
const FORMAT = library.PhoneNumberFormat;
const NAMES = Object.fromEntries(Object.entries(library.PhoneNumberType).map(([name, value]) => [value, name.toLowerCase()]));

// ---- chance (xorshift, so that a seed gives the same numbers everywhere)

let state = seed >>> 0 || 1;
const random = (n) => {
  state ^= state << 13; state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5; state >>>= 0;
  return state % n;
};
const pick = (list) => list[random(list.length)];

// Most digits of a number in E.164, country code and plus included; the metadata have a few longer ones.
const LONGEST = 16;

// A text that a pattern matches: literals, \d, [sets], (?:groups), |, ? and {m,n}.
const sample = (pattern) => {
  let at = 0;
  const alternatives = () => {
    const found = [sequence()];
    while (pattern[at] === "|") { at++; found.push(sequence()); }
    return () => pick(found)();
  };
  const sequence = () => {
    const items = [];
    while (at < pattern.length && pattern[at] !== "|" && pattern[at] !== ")") items.push(item());
    return () => items.map((one) => one()).join("");
  };
  const item = () => {
    let one;
    if (pattern.startsWith("(?:", at)) { at += 3; one = alternatives(); at++; }
    else if (pattern[at] === "[") {
      const end = pattern.indexOf("]", at);
      const set = pattern.slice(at + 1, end).replace(/\\d/g, "0123456789").replace(/(\d)-(\d)/g, (_, a, b) => {
        let out = "";
        for (let d = Number(a); d <= Number(b); d++) out += d;
        return out;
      });
      at = end + 1;
      one = () => pick(set);
    } else if (pattern.startsWith("\\d", at)) { at += 2; one = () => String(random(10)); }
    else { const digit = pattern[at++]; one = () => digit; }
    let [least, most] = [1, 1];
    const times = /^\{(\d+)(?:,(\d+))?\}/.exec(pattern.slice(at));
    if (times) { at += times[0].length; least = Number(times[1]); most = Number(times[2] || times[1]); }
    else if (pattern[at] === "?") { at++; least = 0; }
    return () => { let out = ""; for (let i = least + random(most - least + 1); i > 0; i--) out += one(); return out; };
  };
  return alternatives()();
};

// ---- numbers

const regions = Object.keys(shipped);

const next_number = (region) => {
  for (;;) {
    const facts = shipped[region || pick(regions)];
    const kinds = KINDS.map((place) => facts[place]).filter((kind) => kind && kind[2]);
    if (kinds.length === 0) continue;
    const digits = "+" + facts[10] + sample(pick(kinds)[2]);
    if (digits.length > LONGEST) continue;
    let number;
    try { number = util.parse(digits, "ZZ"); } catch (error) { continue; }
    if (util.isValidNumber(number) && util.format(number, FORMAT.E164) === digits) return number;
  }
};

const read = (text, region) => {
  try {
    const number = util.parse(text, region);
    if (!util.isValidNumber(number)) return ["-", "-"];
    return [util.format(number, FORMAT.E164), NAMES[util.getNumberType(number)]];
  } catch (error) {
    return ["-", "-"];
  }
};

const placed = regions.filter((region) => /^[A-Z]{2}$/.test(region));

const spellings = (number) => {
  const e164 = util.format(number, FORMAT.E164);
  const region = util.getRegionCodeForNumber(number);
  const home = /^[A-Z]{2}$/.test(region) ? region : null;
  const trunk = home && shipped[home][12];
  const elsewhere = pick(placed);
  const out = [
    ["E.164", elsewhere, e164],
    ["00", pick(["DE", "GB", "FR", "ZA", "IN"]), "00" + e164.slice(1)],
    ["from abroad", elsewhere, util.formatOutOfCountryCallingNumber(number, elsewhere)],
  ];
  if (home) {
    out.push(["national", home, util.format(number, FORMAT.NATIONAL)]);
    out.push(["bare digits", home, e164.slice(1)]);
    const international = util.format(number, FORMAT.INTERNATIONAL);
    out.push(["with (0)", home, trunk === "0" ? international.replace(" ", " (0)") : international]);
  }
  return out;
};

const line = (...fields) => process.stdout.write(fields.join("\t") + "\n");
const data = which === "same" ? "metadata of libphonenumber-js " + version("libphonenumber-js") : "metadata as shipped";
process.stdout.write("# google-libphonenumber " + version("google-libphonenumber") + ", " + data + "\n");
const asked = wanted === "each" ? regions : new Array(Number(wanted)).fill(null);
for (const region of asked) {
  const number = next_number(region);
  const kind = NAMES[util.getNumberType(number)];
  for (const [spelling, region, text] of spellings(number)) {
    line(spelling, region, text, util.format(number, FORMAT.E164), kind, ...read(text, region));
  }
}
