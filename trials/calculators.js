// SPDX-License-Identifier: MIT
// Counts the texts of standard input, a JSON string a line, with two public calculators of npm; run by trials/calculators.lua.
// A line out for a line in: encoding and segments by each, or the error's name.
"use strict";

const path = require("path");
const readline = require("readline");

const from = (name) => require(path.resolve(process.argv[2], "node_modules", name));
const { SegmentedMessage } = from("sms-segments-calculator");
const { split } = from("split-sms");

const attempt = (count) => {
  try {
    return count();
  } catch (error) {
    return error.name + " 0";
  }
};

const by_segments_calculator = (text) => {
  const message = new SegmentedMessage(text);
  return (message.encodingName === "GSM-7" ? "gsm7 " : "ucs2 ") + message.segmentsCount;
};

const by_split_sms = (text) => {
  const result = split(text, { summary: true });
  return (result.characterSet === "GSM" ? "gsm7 " : "ucs2 ") + result.parts.length;
};

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  const text = JSON.parse(line);
  process.stdout.write(attempt(() => by_segments_calculator(text)) + " " + attempt(() => by_split_sms(text)) + "\n");
});
