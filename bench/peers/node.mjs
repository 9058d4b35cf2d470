// SPDX-License-Identifier: MIT
// The same work in Node, by the built-in fetch or by undici's request: node.mjs JOB URL CA HTTP COUNT FLIGHT fetch|undici.
// The certificate comes by NODE_EXTRA_CA_CERTS.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const [job, base, ca, , total, wide, kind] = process.argv.slice(2)
const flight = Number(wide || 1)
const KEY = 'sandbox-key-of-the-bench'
const WARM = 50
const url = base + (job === 'send' ? '/sms' : job === 'wait' ? '/wait/api/3/campaign' : '/api/3/campaign')
const plain = job === 'send' ? {} : { apikey: KEY }
let errors = 0

function bodyOf (number) {
  if (job === 'send') {
    return { api_key: KEY, from: 'sender', to: '26058766' + (10 + number % 90), text: 'Your table is ready, number ' + number }
  }
  return job === 'create' ? { name: 'spring ' + number, start_date: '2020-07-31T14:25:49.614Z' } : undefined
}

function read (status, value) {
  const campaign = value.result && (value.result[0] || value.result)
  if (status !== 200 || !(value.message_id || (campaign && campaign.id && campaign.name))) errors++
}

function requestOf (number) {
  const body = bodyOf(number)
  if (!body) return { method: 'GET', headers: plain }
  return { method: 'POST', headers: { ...plain, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

async function byFetch (number) {
  const response = await fetch(url, requestOf(number))
  read(response.status, await response.json())
}

async function undiciCaller () {
  const { Pool } = createRequire(import.meta.url)('undici')
  const pool = new Pool(base, { connections: flight, connect: { ca: readFileSync(ca) } })
  const path = url.slice(base.length)
  return async (number) => {
    const response = await pool.request({ path, ...requestOf(number) })
    read(response.statusCode, await response.body.json())
  }
}

const call = kind === 'undici' ? await undiciCaller() : byFetch

async function calls (count) {
  let next = 0
  async function worker () {
    while (next < count) await call(next++)
  }
  await Promise.all(Array.from({ length: flight }, worker))
}

await calls(WARM + flight)
errors = 0
const cpu = process.cpuUsage()
const wall = process.hrtime.bigint()
await calls(Number(total))
const used = process.cpuUsage(cpu)
console.log('cpu', (used.user + used.system) / 1e6)
console.log('wall', Number(process.hrtime.bigint() - wall) / 1e9)
console.log('errors', errors)
process.exit(0)
