// What the contestants in JavaScript share: answers to the harness, values and checksums. bench/workloads.md says what
// they mean.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const readline = require('node:readline')

const M = 2147483647
const K = 10000
const ACCOUNTS = 100000
const CHANGED = ['another name of an item', 'a changed name of an item'] // of even and odd ids
const EPOCH = Date.UTC(2026, 0, 1)

const numbers = (first, last) => Array.from({ length: last - first + 1 }, (_, n) => first + n)

// n objects in each of r units; units are the numbers of this client's, ranges the numbers of their objects.
function parseSize(text) {
  const [n, r = 1] = text.split('x').map(Number)
  const { BENCH_CLIENT = 0, BENCH_CLIENTS = 1 } = process.env
  const units = numbers(0, r - 1).map((unit) => unit * Number(BENCH_CLIENTS) + Number(BENCH_CLIENT))
  return { n, r, units, ranges: units.map((u) => [u * n + 1, u * n + n]) }
}

// The keys of find_many, unit by unit.
const keysOf = ({ n, r }) =>
  numbers(0, r - 1).map((unit) => numbers(0, n - 1).map((k) => (((unit * n + k) * 7919) % K) + 1))

// In the order of their keys.
function inOrder(keys, objects) {
  const byKey = new Map(objects.map((o) => [o.id, o]))
  return keys.map((key) => byKey.get(key))
}

const itemValues = (i) => ({
  name: `item number ${i}`,
  note: `note ${i} `.repeat(8),
  active: i % 2 === 0,
  createdAt: new Date(EPOCH + i * 60000),
  price: i * 0.25,
  quantity: i % 5 ? i : null,
  token: '00000000-0000-4000-8000-' + i.toString(16).padStart(12, '0'),
  attributes: { color: 'blue', origin: 'somewhere', weight: i },
  labels: [`label${i % 7}`, `group${i % 11}`, `kind${i % 13}`],
})

function fold(h, ...values) {
  for (const value of values) {
    if (typeof value === 'string') for (const byte of Buffer.from(value)) h = (h * 31 + byte) % M
    else h = (h * 31 + Number(value)) % M
  }
  return h
}

const foldItems = (items) =>
  items.reduce((h, i) => {
    const { color, origin, weight } = i.attributes
    h = fold(h, i.id, i.name, i.note, i.active, i.createdAt.getTime() / 1000, i.price * 4, i.quantity ?? 7, i.token)
    return fold(h, JSON.stringify({ color, origin, weight }), ...i.labels, i.version)
  }, 0)

const sum = (values) => values.reduce((a, b) => (a + b) % M, 0)

// Pairs of an author and its books.
const foldAuthors = (pairs) =>
  pairs.reduce((h, [author, books]) => {
    h = fold(h, author.id, author.name, author.score, author.version)
    return fold(h, sum(books.map((b) => fold(0, b.id, b.title, b.year))))
  }, 0)

const sumOfIds = (objects, first = 1) => sum(objects.map((o, n) => (n + first) * o.id))

function* chunks(objects, size) {
  for (let n = 0; n < objects.length; n += size) yield objects.slice(n, n + size)
}

// Arrays of those that have the same version.
function byVersion(objects) {
  const versions = new Map()
  for (const o of objects) {
    if (!versions.has(o.version)) versions.set(o.version, [])
    versions.get(o.version).push(o)
  }
  return versions
}

const tpcbOf = (u) => ({
  a: ((u * 7919) % ACCOUNTS) + 1, t: (u % 100) + 1, b: (u % 10) + 1, d: ((u * 37) % 10001) - 5000,
})

async function timed(work) {
  const cpu = process.cpuUsage()
  const start = process.hrtime.bigint()
  const result = await work()
  const wall = process.hrtime.bigint() - start
  const { user, system } = process.cpuUsage(cpu)
  return { wall, cpu: (user + system) * 1000, result }
}

// Packages don't export their versions.
const versionOf = (name) =>
  `${name} ${JSON.parse(fs.readFileSync(path.join(process.env.NODE_PATH, name, 'package.json'))).version}`

// Answers until the end. A workload is a function that takes a size, does what stands under "before", and returns the
// function that is timed; that one may return a function that computes the checksum.
async function serve(workloads, unsupported, packages) {
  if (process.argv[2] === '--version') {
    return console.log([...packages.map(versionOf), `Node.js ${process.versions.node}`].join(', '))
  }
  let work, kept // what was read is held until the next prepare
  const answer = async (command, workload, size) => {
    if (!workloads[workload]) return `unsupported ${unsupported[workload] ?? 'not made'}`
    if (command === 'prepare') {
      work = kept = null
      work = await workloads[workload](parseSize(size))
      return 'ok 0 0 0'
    }
    kept = await timed(work)
    return `ok ${kept.wall} ${kept.result ? kept.result() : 0} ${kept.cpu}`
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const words = line.split(' ')
    if (words[0] === 'quit') break
    const text = await answer(...words).catch((error) => `error ${String(error).split(/\s+/).join(' ')}`)
    process.stdout.write(text + '\n')
  }
  process.exit()
}

module.exports = {
  K, CHANGED, numbers, keysOf, inOrder, itemValues, fold, foldItems, foldAuthors, sum, sumOfIds, chunks, byVersion,
  tpcbOf, serve,
}
