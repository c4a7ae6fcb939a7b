// MikroORM, as a unit of work. What it does at each word: bench/workloads.md.
'use strict'
const { MikroORM, raw } = require('@mikro-orm/postgresql')
const {
  K, CHANGED, numbers, keysOf, inOrder, itemValues, fold, foldItems, foldAuthors, sum, sumOfIds, chunks, byVersion,
  tpcbOf, serve,
} = require('../shared/contestant.js')
const entities = require('./entities.js')
const { Item, Author, Book, Customer, Address, Product, Order, Line } = entities
const { Branch, Teller, Account, History, World } = entities

const boot = (all) => MikroORM.init({
  host: process.env.PGHOST,
  port: Number(process.env.PGPORT ?? 5432),
  user: process.env.PGUSER,
  dbName: process.env.PGDATABASE,
  entities: all,
  pool: { min: 1, max: 1 },
  flushMode: 'commit', // queries don't look for changes first
  ensureDatabase: false,
  debug: false,
})

let orm
async function connected() {
  if (orm) return
  orm = await boot(entities.all)
  await orm.checkConnection() // connects
}

// A unit of work.
const fork = () => orm.em.fork()

const byId = { orderBy: { id: 'asc' } }

async function loaded(entity, where) {
  await connected()
  const em = fork()
  return { em, objects: await em.find(entity, where, byId) }
}

const itemsBetween = ([first, last]) => loaded(Item, { id: { $gte: first, $lte: last } })

async function find({ r }) {
  await connected()
  return async () => {
    const em = fork()
    const read = []
    for (let u = 0; u < r; u++) read.push(await em.findOneOrFail(Item, ((u * 7919) % K) + 1))
    return () => foldItems(read)
  }
}

async function findHit({ n, r }) {
  const { em, objects } = await itemsBetween([1, n])
  return async () => {
    let total = 0
    for (let u = 0; u < r; u++) total += (await em.findOne(Item, ((u * 7919) % n) + 1)).quantity ?? 0
    return () => objects && sum([total])
  }
}

async function findMany(size) {
  await connected()
  return async () => {
    const em = fork()
    const read = []
    for (const keys of keysOf(size)) read.push(...inOrder(keys, await em.find(Item, { id: keys })))
    return () => foldItems(read)
  }
}

async function request({ units }) {
  await connected()
  return async () => {
    const read = []
    for (const u of units) {
      const em = fork()
      const author = await em.findOneOrFail(Author, ((u * 7919) % K) + 1)
      const before = author.score
      author.score++
      const book = em.create(Book, { author, title: 'a new book', year: 2026 })
      await em.flush()
      read.push(author.id * 31 + before + author.id * book.id)
    }
    return () => sum(read)
  }
}

async function load() {
  await connected()
  return async () => {
    const em = fork()
    const read = await em.find(Item, {}, byId)
    return () => em && foldItems(read)
  }
}

async function memory() {
  await connected()
  await fork().findOneOrFail(Item, 1)
  return load()
}

async function parents(read) {
  await connected()
  return async () => {
    const pairs = await read(fork())
    return () => foldAuthors(pairs)
  }
}

const parentsNaive = () => parents(async (em) => {
  const pairs = []
  for (const author of await em.find(Author, {}, byId)) pairs.push([author, await author.books.loadItems()])
  return pairs
})

const parentsEager = () => parents(async (em) => {
  const authors = await em.find(Author, {}, { ...byId, populate: ['books'], strategy: 'select-in' })
  return authors.map((author) => [author, author.books.getItems()])
})

async function insert({ ranges }) {
  await connected()
  const units = ranges.map(([first, last]) => numbers(first, last).map(itemValues))
  return async () => {
    const made = []
    for (const unit of units) {
      const em = fork()
      const items = unit.map((values) => em.create(Item, values))
      await em.flush()
      made.push(items)
    }
    return () => sumOfIds(made.flat())
  }
}

function change(items) {
  for (const item of items) {
    item.name = CHANGED[item.id % 2]
    item.price++
  }
}

async function update({ ranges }) {
  const units = []
  for (const range of ranges) units.push(await itemsBetween(range))
  return async () => {
    for (const { em, objects } of units) {
      change(objects)
      await em.flush()
    }
  }
}

// remove() compares no versions.
async function deleteAll(em, items) {
  for (const [version, same] of byVersion(items)) {
    for (const chunk of chunks(same, 10000)) {
      const count = await em.nativeDelete(Item, { id: chunk.map((item) => item.id), version })
      if (count !== chunk.length) throw new Error('an item is stale')
    }
  }
}

async function remove({ ranges }) {
  const units = []
  for (const range of ranges) units.push(await itemsBetween(range))
  return async () => {
    for (const { em, objects } of units) {
      if (objects.length === 1) await deleteAll(em, objects)
      else await em.transactional((em) => deleteAll(em, objects))
      em.clear()
    }
  }
}

async function graph({ n }) {
  const { em, objects: products } = await loaded(Product, { id: { $lte: n } })
  const orders = await em.find(Order, { id: { $lte: n } }, byId)
  return async () => {
    const customers = []
    for (let i = 1; i <= n; i++) {
      const customer = em.create(Customer, { name: `customer number ${i + 1}` })
      const order = em.create(Order, { customer, status: 'new' })
      em.create(Address, { customer, city: `city ${i}` })
      em.create(Line, { order, product: products[i - 1], quantity: 1 })
      em.create(Line, { order, product: products[i % n], quantity: 2 })
      products[i - 1].stock -= 3
      em.remove(orders[i - 1])
      customers.push(customer)
    }
    await em.flush()
    return () => sumOfIds(customers, 2)
  }
}

async function dirty({ n, r }) {
  const { em, objects } = await itemsBetween([1, n])
  return async () => {
    for (let unit = 0; unit < r; unit++) {
      change(objects.slice(unit * 10, unit * 10 + 10))
      await em.flush()
    }
  }
}

async function nothing({ n, r }) {
  const { em, objects } = await itemsBetween([1, n])
  return async () => {
    for (let unit = 0; unit < r; unit++) await em.flush()
    return () => objects && 0
  }
}

async function tpcb({ units }) {
  await connected()
  return async () => {
    const balances = []
    for (const { a, t, b, d } of units.map(tpcbOf)) {
      const em = fork()
      const account = em.getReference(Account, a) // not loaded; flush reads what the server makes of it
      for (const row of [account, em.getReference(Teller, t), em.getReference(Branch, b)]) {
        row.balance = raw('balance + ?', [d])
      }
      em.create(History, { tellerId: t, branchId: b, accountId: a, delta: d, madeAt: new Date() })
      await em.flush()
      balances.push(account.balance)
    }
    return () => sum(balances.map((balance) => balance + 1000000))
  }
}

const worlds = (change) => async ({ n, units }) => {
  await connected()
  return async () => {
    const read = []
    for (const u of units) {
      const em = fork()
      const rows = []
      for (let k = 0; k < n; k++) rows.push(await em.findOneOrFail(World, (((u * n + k) * 7919) % K) + 1))
      read.push(...rows.map((row) => row.randomnumber))
      if (!change) continue
      for (const row of rows) row.randomnumber = (row.randomnumber % K) + 1
      await em.flush()
    }
    return () => fold(0, ...read)
  }
}

async function open({ n, r }) {
  return async () => {
    for (let unit = 0; unit < r; unit++) {
      const other = await boot(entities.wideEntities(n, 20))
      await other.checkConnection()
      await other.close()
    }
  }
}

async function start() {
  return async () => {
    orm ??= await boot(entities.all) // connects when it has to
    const item = await fork().findOneOrFail(Item, 1)
    return () => foldItems([item])
  }
}

serve({
  find, find_many: findMany, find_hit: findHit, request, load, memory, parents_naive: parentsNaive,
  parents_eager: parentsEager,
  insert, update, delete: remove, graph, dirty, nothing, tpcb, queries: worlds(false), updates: worlds(true), open,
  start,
}, {}, ['@mikro-orm/core', '@mikro-orm/postgresql', 'pg'])
