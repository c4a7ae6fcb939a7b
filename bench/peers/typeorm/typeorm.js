// TypeORM on node-postgres. It has repositories, no unit of work and no identity map: a unit is a transaction that says
// what it writes. What it does at each word: bench/workloads.md.
'use strict'
const { Between, DataSource, In, LessThanOrEqual } = require('typeorm')
const {
  K, CHANGED, numbers, keysOf, inOrder, itemValues, fold, foldItems, foldAuthors, sum, sumOfIds, chunks, byVersion,
  tpcbOf, serve,
} = require('../shared/contestant.js')
const entities = require('./entities.js')

const BATCH = 300 // rows of a statement

const connect = (all) => new DataSource({
  type: 'postgres',
  host: process.env.PGHOST,
  port: Number(process.env.PGPORT ?? 5432),
  username: process.env.PGUSER,
  database: process.env.PGDATABASE,
  entities: all,
  logging: false,
  poolSize: 1,
  installExtensions: false,
}).initialize()

let db // one DataSource, whose pool has one connection
async function connected() {
  db ??= await connect(entities.all)
  return db
}

const byId = { order: { id: 'ASC' } }

// save() reads the rows again and compares no versions: update(), insert() and delete() say what is meant.
async function save(manager, name, row, ...columns) {
  const versioned = db.getMetadata(name).versionColumn
  const values = Object.fromEntries(columns.map((c) => [c, row[c]]))
  const done = await manager.update(name, versioned ? { id: row.id, version: row.version } : { id: row.id }, values)
  if (done.affected !== 1) throw new Error(`${name} ${row.id} is stale`)
  if (versioned) row.version++
}

// Fills in the ids and the versions of the objects.
async function insertAll(manager, name, rows) {
  for (const chunk of chunks(rows, BATCH)) await manager.insert(name, chunk)
}

async function deleteAll(manager, name, rows) {
  for (const [version, same] of byVersion(rows)) {
    for (const chunk of chunks(same, 10000)) {
      const ids = { id: In(chunk.map((row) => row.id)) }
      const done = await manager.delete(name, version === undefined ? ids : { ...ids, version })
      if (done.affected !== chunk.length) throw new Error('a row is stale')
    }
  }
}

const itemsBetween = async ([first, last]) =>
  (await connected()).manager.find('Item', { where: { id: Between(first, last) }, ...byId })

async function find({ r }) {
  const { manager } = await connected()
  return async () => {
    const read = []
    for (let u = 0; u < r; u++) read.push(await manager.findOneBy('Item', { id: ((u * 7919) % K) + 1 }))
    return () => foldItems(read)
  }
}

async function findMany(size) {
  const { manager } = await connected()
  return async () => {
    const read = []
    for (const keys of keysOf(size)) read.push(...inOrder(keys, await manager.findBy('Item', { id: In(keys) })))
    return () => foldItems(read)
  }
}

async function request({ units }) {
  await connected()
  return async () => {
    const read = []
    for (const u of units) {
      await db.transaction(async (manager) => {
        const author = await manager.findOneBy('Author', { id: ((u * 7919) % K) + 1 })
        const before = author.score
        author.score++
        await save(manager, 'Author', author, 'score')
        const book = { author, title: 'a new book', year: 2026 }
        await manager.insert('Book', book)
        read.push(author.id * 31 + before + author.id * book.id)
      })
    }
    return () => sum(read)
  }
}

async function load() {
  const { manager } = await connected()
  return async () => {
    const read = await manager.find('Item', byId)
    return () => foldItems(read)
  }
}

async function memory() {
  await (await connected()).manager.findOneBy('Item', { id: 1 })
  return load()
}

async function parentsNaive() {
  const { manager } = await connected()
  return async () => {
    const pairs = []
    for (const author of await manager.find('Author', byId)) {
      pairs.push([author, await manager.find('Book', { where: { author: { id: author.id } }, ...byId })])
    }
    return () => foldAuthors(pairs)
  }
}

async function parentsEager() {
  const { manager } = await connected()
  const options = { ...byId, relations: { books: true }, relationLoadStrategy: 'join' }
  return async () => {
    const read = await manager.find('Author', options)
    return () => foldAuthors(read.map((author) => [author, author.books]))
  }
}

async function insert({ ranges }) {
  const { manager } = await connected()
  const units = ranges.map(([first, last]) => numbers(first, last).map(itemValues))
  return async () => {
    const made = []
    for (const unit of units) {
      const rows = unit.map((values) => ({ ...values }))
      if (rows.length <= BATCH) await insertAll(manager, 'Item', rows)
      else await db.transaction((manager) => insertAll(manager, 'Item', rows))
      made.push(rows)
    }
    return () => sumOfIds(made.flat())
  }
}

async function change(rows) {
  for (const row of rows) {
    row.name = CHANGED[row.id % 2]
    row.price++
  }
  if (rows.length === 1) return save(db.manager, 'Item', rows[0], 'name', 'price')
  await db.transaction(async (manager) => {
    for (const row of rows) await save(manager, 'Item', row, 'name', 'price')
  })
}

async function update({ ranges }) {
  const units = []
  for (const range of ranges) units.push(await itemsBetween(range))
  return async () => {
    for (const unit of units) await change(unit)
  }
}

async function remove({ ranges }) {
  const units = []
  for (const range of ranges) units.push(await itemsBetween(range))
  return async () => {
    for (const unit of units) {
      if (unit.length === 1) await deleteAll(db.manager, 'Item', unit)
      else await db.transaction((manager) => deleteAll(manager, 'Item', unit))
    }
  }
}

async function graph({ n }) {
  await connected()
  const products = await db.manager.find('Product', { where: { id: LessThanOrEqual(n) }, ...byId })
  const orders = await db.manager.find('Order', { where: { id: LessThanOrEqual(n) }, ...byId })
  return async () => {
    const all = numbers(1, n)
    const customers = all.map((i) => ({ name: `customer number ${i + 1}` }))
    const addresses = all.map((i) => ({ customer: customers[i - 1], city: `city ${i}` }))
    const news = all.map((i) => ({ customer: customers[i - 1], status: 'new' }))
    const lines = all.flatMap((i) => [
      { order: news[i - 1], product: products[i - 1], quantity: 1 },
      { order: news[i - 1], product: products[i % n], quantity: 2 },
    ])
    await db.transaction(async (manager) => {
      await insertAll(manager, 'Customer', customers)
      await insertAll(manager, 'Address', addresses)
      await insertAll(manager, 'Order', news)
      await insertAll(manager, 'Line', lines)
      for (const product of products) {
        product.stock -= 3
        await save(manager, 'Product', product, 'stock')
      }
      await deleteAll(manager, 'Order', orders)
    })
    return () => sumOfIds(customers, 2)
  }
}

async function dirty({ n, r }) {
  const all = await itemsBetween([1, n])
  return async () => {
    for (let unit = 0; unit < r; unit++) await change(all.slice(unit * 10, unit * 10 + 10))
  }
}

async function tpcb({ units }) {
  await connected()
  return async () => {
    const balances = []
    for (const { a, t, b, d } of units.map(tpcbOf)) {
      await db.transaction(async (manager) => {
        const { raw } = await manager.createQueryBuilder().update('Account').set({ balance: () => 'balance + :d' })
          .where({ id: a }).setParameters({ d }).returning('balance').execute()
        balances.push(raw[0].balance)
        await manager.increment('Teller', { id: t }, 'balance', d)
        await manager.increment('Branch', { id: b }, 'balance', d)
        await manager.insert('History', { tellerId: t, branchId: b, accountId: a, delta: d, madeAt: new Date() })
      })
    }
    return () => sum(balances.map((balance) => balance + 1000000))
  }
}

const worlds = (change) => async ({ n, units }) => {
  const { manager } = await connected()
  return async () => {
    const read = []
    for (const u of units) {
      const rows = []
      for (let k = 0; k < n; k++) rows.push(await manager.findOneBy('World', { id: ((u * n + k) * 7919) % K + 1 }))
      read.push(...rows.map((row) => row.randomnumber))
      if (!change) continue
      for (const row of rows) row.randomnumber = (row.randomnumber % K) + 1
      await manager.upsert('World', rows, ['id']) // save() would read them again, and write them one by one
    }
    return () => fold(0, ...read)
  }
}

async function open({ n, r }) {
  return async () => {
    for (let unit = 0; unit < r; unit++) await (await connect(entities.wideEntities(n, 20))).destroy()
  }
}

async function start() {
  return async () => {
    const { manager } = await connected()
    const item = await manager.findOneBy('Item', { id: 1 })
    return () => foldItems([item])
  }
}

serve({
  find, find_many: findMany, request, load, memory, parents_naive: parentsNaive, parents_eager: parentsEager,
  insert, update, delete: remove, graph, dirty, tpcb, queries: worlds(false), updates: worlds(true), open, start,
}, {
  find_hit: 'TypeORM has no identity map',
  nothing: 'TypeORM has no unit of work',
}, ['typeorm', 'pg'])
