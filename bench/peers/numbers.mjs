// SPDX-License-Identifier: MIT
// Numbers in international format by npm's libphonenumber-js: numbers.mjs FILE takes one number a line, of South Africa.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const { parsePhoneNumberFromString } = createRequire(import.meta.url)('libphonenumber-js/max')
const numbers = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)

function e164 (text) {
  const number = parsePhoneNumberFromString(text, 'ZA')
  return number && number.isValid() ? number.number : ''
}

for (const text of numbers) e164(text) // warm, as ours
const cpu = process.cpuUsage()
let sum = 0
for (const text of numbers) sum += e164(text).length
const used = process.cpuUsage(cpu)
console.log('cpu', (used.user + used.system) / 1e6)
console.log('read', sum)
