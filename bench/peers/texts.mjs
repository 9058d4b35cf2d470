// SPDX-License-Identifier: MIT
// Counting texts by npm's calculators: texts.mjs sms-segments-calculator|split-sms FILE COUNT takes the first COUNT lines.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const [kind, path, count] = process.argv.slice(2)
const library = createRequire(import.meta.url)(kind)
const texts = readFileSync(path, 'utf8').split('\n').slice(0, Number(count))

function segments (text) {
  return kind === 'split-sms' ? library.split(text).parts.length : new library.SegmentedMessage(text, 'auto').segmentsCount
}

for (const text of texts) segments(text) // warm, as ours
const cpu = process.cpuUsage()
let sum = 0
for (const text of texts) sum += segments(text)
const used = process.cpuUsage(cpu)
console.log('cpu', (used.user + used.system) / 1e6)
console.log('read', sum)
