// Drizzle on node-postgres. It has no unit of work and no identity map: a unit is a transaction that says what it
// writes. What it does at each word: bench/workloads.md.
'use strict'
const { and, asc, between, eq, inArray, lte, sql } = require('drizzle-orm')
const { drizzle } = require('drizzle-orm/node-postgres')
const { Client } = require('pg')
const {
  K, CHANGED, numbers, keysOf, inOrder, itemValues, fold, foldItems, foldAuthors, sum, sumOfIds, chunks, byVersion,
  tpcbOf, serve,
} = require('../shared/contestant.js')
const tables = require('./tables.js')
const { items, authors, books, customers, addresses, products, orders, lines } = tables
const { branches, tellers, accounts, history, world } = tables

const BATCH = 300 // rows of a statement

// One connection, from the variables of libpq.
async function connect(schema) {
  const client = new Client()
  await client.connect()
  return [client, drizzle(client, { schema })]
}

let db
async function connected() {
  if (!db) db = (await connect(tables))[1]
  return db
}

// Prepared once, by a name, as node-postgres and Drizzle have it.
const prepared = new Map()
function prepare(name, build) {
  if (!prepared.has(name)) prepared.set(name, build().prepare(name))
  return prepared.get(name)
}

const found = async (table, name, id) =>
  (await prepare(`find_${name}`, () => db.select().from(table).where(eq(table.id, sql.placeholder('id'))))
    .execute({ id }))[0]

// One row, whose version is checked and raised where it has one.
async function save(table, name, row, ...columns) {
  const version = 'version' in table
  const statement = prepare(`save_${name}`, () => {
    const set = version ? { version: sql`${table.version} + 1` } : {}
    for (const c of columns) set[c] = sql`${sql.placeholder(c)}`
    const key = eq(table.id, sql.placeholder('id'))
    return db.update(table).set(set).where(version ? and(key, eq(table.version, sql.placeholder('version'))) : key)
  })
  if ((await statement.execute(row)).rowCount !== 1) throw new Error(`${name} ${row.id} is stale`)
  if (version) row.version++
}

// Many rows with other values each: CASE, as Drizzle's guides have it.
async function saveAll(tx, table, rows, types) {
  for (const [version, same] of byVersion(rows)) {
    for (const chunk of chunks(same, 200)) {
      const set = { version: version + 1 }
      for (const [column, type] of Object.entries(types)) {
        const cases = chunk.map((row) => sql`when ${row.id} then ${row[column]}::${sql.raw(type)}`)
        set[column] = sql`case ${table.id} ${sql.join(cases, sql.raw(' '))} end`
      }
      const ids = chunk.map((row) => row.id)
      const done = await tx.update(table).set(set).where(and(inArray(table.id, ids), eq(table.version, version)))
      if (done.rowCount !== chunk.length) throw new Error('a row is stale')
    }
    for (const row of same) row.version++
  }
}

async function deleteAll(tx, table, rows) {
  for (const [version, same] of byVersion(rows)) {
    for (const chunk of chunks(same, 10000)) {
      const ids = inArray(table.id, chunk.map((row) => row.id))
      const done = await tx.delete(table).where('version' in table ? and(ids, eq(table.version, version)) : ids)
      if (done.rowCount !== chunk.length) throw new Error('a row is stale')
    }
  }
}

async function insertAll(tx, table, rows) {
  for (const chunk of chunks(rows, BATCH)) {
    const ids = await tx.insert(table).values(chunk).returning({ id: table.id })
    ids.forEach(({ id }, n) => (chunk[n].id = id))
  }
}

const itemsBetween = async ([first, last]) =>
  (await connected()).select().from(items).where(between(items.id, first, last)).orderBy(asc(items.id))

async function find({ r }) {
  await connected()
  return async () => {
    const read = []
    for (let u = 0; u < r; u++) read.push(await found(items, 'item', ((u * 7919) % K) + 1))
    return () => foldItems(read)
  }
}

async function findMany(size) {
  await connected()
  return async () => {
    const read = []
    for (const keys of keysOf(size)) {
      read.push(...inOrder(keys, await db.select().from(items).where(inArray(items.id, keys))))
    }
    return () => foldItems(read)
  }
}

async function request({ units }) {
  await connected()
  const newBook = () => db.insert(books)
    .values({ authorId: sql.placeholder('authorId'), title: sql.placeholder('title'), year: sql.placeholder('year') })
    .returning({ id: books.id })
  return async () => {
    const read = []
    for (const u of units) {
      await db.transaction(async () => {
        const author = await found(authors, 'author', ((u * 7919) % K) + 1)
        const before = author.score
        author.score++
        await save(authors, 'author', author, 'score')
        const book = { authorId: author.id, title: 'a new book', year: 2026 }
        const [{ id }] = await prepare('new_book', newBook).execute(book)
        book.id = id
        read.push(author.id * 31 + before + author.id * book.id)
      })
    }
    return () => sum(read)
  }
}

async function load() {
  await connected()
  return async () => {
    const read = await db.select().from(items).orderBy(asc(items.id))
    return () => foldItems(read)
  }
}

async function memory() {
  await connected()
  await found(items, 'item', 1)
  return load()
}

async function parentsNaive() {
  await connected()
  const theirs = () => db.select().from(books).where(eq(books.authorId, sql.placeholder('id'))).orderBy(asc(books.id))
  return async () => {
    const pairs = []
    for (const author of await db.select().from(authors).orderBy(asc(authors.id))) {
      pairs.push([author, await prepare('books_of', theirs).execute({ id: author.id })])
    }
    return () => foldAuthors(pairs)
  }
}

async function parentsEager() {
  await connected()
  return async () => {
    const read = await db.query.authors.findMany({ orderBy: asc(authors.id), with: { books: true } })
    return () => foldAuthors(read.map((author) => [author, author.books]))
  }
}

async function insert({ ranges }) {
  await connected()
  const units = ranges.map(([first, last]) => numbers(first, last).map(itemValues))
  return async () => {
    const made = []
    for (const unit of units) {
      const rows = unit.map((values) => ({ ...values, version: 1 }))
      if (rows.length <= BATCH) await insertAll(db, items, rows)
      else await db.transaction((tx) => insertAll(tx, items, rows))
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
  if (rows.length === 1) await save(items, 'item', rows[0], 'name', 'price')
  else await db.transaction((tx) => saveAll(tx, items, rows, { name: 'text', price: 'float8' }))
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
      if (unit.length === 1) await deleteAll(db, items, unit)
      else await db.transaction((tx) => deleteAll(tx, items, unit))
    }
  }
}

async function graph({ n }) {
  await connected()
  const oldProducts = await db.select().from(products).where(lte(products.id, n)).orderBy(asc(products.id))
  const oldOrders = await db.select().from(orders).where(lte(orders.id, n)).orderBy(asc(orders.id))
  return async () => {
    const all = numbers(1, n)
    const made = all.map((i) => ({ name: `customer number ${i + 1}` }))
    await db.transaction(async (tx) => {
      await insertAll(tx, customers, made)
      await insertAll(tx, addresses, all.map((i) => ({ customerId: made[i - 1].id, city: `city ${i}` })))
      const news = all.map((i) => ({ customerId: made[i - 1].id, status: 'new' }))
      await insertAll(tx, orders, news)
      await insertAll(tx, lines, all.flatMap((i) => [
        { orderId: news[i - 1].id, productId: oldProducts[i - 1].id, quantity: 1 },
        { orderId: news[i - 1].id, productId: oldProducts[i % n].id, quantity: 2 },
      ]))
      for (const product of oldProducts) product.stock -= 3
      await saveAll(tx, products, oldProducts, { stock: 'integer' })
      await deleteAll(tx, orders, oldOrders)
    })
    return () => sumOfIds(made, 2)
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
  const entry = () => db.insert(history).values({
    tellerId: sql.placeholder('t'), branchId: sql.placeholder('b'), accountId: sql.placeholder('a'),
    delta: sql.placeholder('d'), madeAt: sql.placeholder('madeAt'),
  })
  const add = (table) => db.update(table).set({ balance: sql`${table.balance} + ${sql.placeholder('d')}` })
    .where(eq(table.id, sql.placeholder('id'))).returning({ balance: table.balance })
  return async () => {
    const balances = []
    for (const { a, t, b, d } of units.map(tpcbOf)) {
      await db.transaction(async () => {
        const rows = [[accounts, 'account', a], [tellers, 'teller', t], [branches, 'branch', b]]
        for (const [table, name, id] of rows) {
          const [row] = await prepare(`add_${name}`, () => add(table)).execute({ id, d })
          if (table === accounts) balances.push(row.balance)
        }
        await prepare('new_history', entry).execute({ a, t, b, d, madeAt: new Date() })
      })
    }
    return () => sum(balances.map((balance) => balance + 1000000))
  }
}

const worlds = (change) => async ({ n, units }) => {
  await connected()
  return async () => {
    const read = []
    for (const u of units) {
      const rows = []
      for (let k = 0; k < n; k++) rows.push(await found(world, 'world', (((u * n + k) * 7919) % K) + 1))
      read.push(...rows.map((row) => row.randomnumber))
      if (!change) continue
      for (const row of rows) row.randomnumber = (row.randomnumber % K) + 1
      const cases = sql.join(rows.map((row) => sql`when ${row.id} then ${row.randomnumber}::integer`), sql.raw(' '))
      await db.update(world).set({ randomnumber: sql`case ${world.id} ${cases} end` })
        .where(inArray(world.id, rows.map((row) => row.id)))
    }
    return () => fold(0, ...read)
  }
}

async function open({ n, r }) {
  return async () => {
    for (let unit = 0; unit < r; unit++) await (await connect(tables.wideTables(n, 20)))[0].end()
  }
}

async function start() {
  return async () => {
    await connected()
    const item = await found(items, 'item', 1)
    return () => foldItems([item])
  }
}

serve({
  find, find_many: findMany, request, load, memory, parents_naive: parentsNaive, parents_eager: parentsEager,
  insert, update, delete: remove, graph, dirty, tpcb, queries: worlds(false), updates: worlds(true), open, start,
}, {
  find_hit: 'Drizzle has no identity map',
  nothing: 'Drizzle has no unit of work',
}, ['drizzle-orm', 'pg'])
