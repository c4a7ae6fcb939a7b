// The tables as Drizzle declares them. It has no optimistic locking of its own: the version is a column.
'use strict'
const { relations } = require('drizzle-orm')
const pg = require('drizzle-orm/pg-core')

const key = () => pg.bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity()
const int8 = () => pg.bigint({ mode: 'number' }).notNull()
const int4 = () => pg.integer().notNull()
const text = () => pg.text().notNull()
const time = (name) => pg.timestamp(name, { withTimezone: true }).notNull()

const items = pg.pgTable('items', {
  id: key(),
  name: text(),
  note: text(),
  active: pg.boolean().notNull(),
  createdAt: time('created_at'),
  price: pg.doublePrecision().notNull(),
  quantity: pg.integer(),
  token: pg.uuid().notNull(),
  attributes: pg.jsonb().notNull(),
  labels: pg.text().array().notNull(),
  version: int4(),
})
const authors = pg.pgTable('authors', { id: key(), name: text(), score: int4(), version: int4() })
const books = pg.pgTable('books', {
  id: key(), authorId: pg.bigint('author_id', { mode: 'number' }).notNull(), title: text(), year: int4(),
})
const customers = pg.pgTable('customers', { id: key(), name: text() })
const addresses = pg.pgTable('addresses', {
  id: key(), customerId: pg.bigint('customer_id', { mode: 'number' }).notNull(), city: text(),
})
const products = pg.pgTable('products', { id: key(), name: text(), stock: int4(), version: int4() })
const orders = pg.pgTable('orders', {
  id: key(), customerId: pg.bigint('customer_id', { mode: 'number' }).notNull(), status: text(),
})
const lines = pg.pgTable('lines', {
  id: key(),
  orderId: pg.bigint('order_id', { mode: 'number' }).notNull(),
  productId: pg.bigint('product_id', { mode: 'number' }).notNull(),
  quantity: int4(),
})

const id = () => pg.integer().primaryKey()
const branches = pg.pgTable('branches', { id: id(), balance: int4(), filler: pg.char({ length: 88 }).notNull() })
const held = () => ({
  id: id(), branchId: pg.integer('branch_id').notNull(), balance: int4(), filler: pg.char({ length: 84 }).notNull(),
})
const tellers = pg.pgTable('tellers', held())
const accounts = pg.pgTable('accounts', held())
const history = pg.pgTable('history', {
  id: key(),
  tellerId: pg.integer('teller_id').notNull(),
  branchId: pg.integer('branch_id').notNull(),
  accountId: pg.integer('account_id').notNull(),
  delta: int4(),
  madeAt: time('made_at'),
  filler: pg.char({ length: 22 }),
})
const world = pg.pgTable('world', { id: id(), randomnumber: int4() })

const authorsRelations = relations(authors, ({ many }) => ({ books: many(books) }))
const booksRelations = relations(books, ({ one }) => ({
  author: one(authors, { fields: [books.authorId], references: [authors.id] }),
}))

// So many tables of the types of items.
function wideTables(count, columns) {
  const types = [int8, text, text, () => pg.boolean(), () => pg.timestamp({ withTimezone: true }),
    () => pg.doublePrecision(), () => pg.integer(), () => pg.uuid(), () => pg.jsonb(), () => pg.text().array()]
  const tables = {}
  for (let m = 0; m < count; m++) {
    const body = { id: pg.bigint({ mode: 'number' }).primaryKey() }
    for (let c = 1; c < columns; c++) body[`c${c}`] = types[c % types.length]()
    tables[`wide${m}`] = pg.pgTable(`wide_${m}`, body)
  }
  return tables
}

module.exports = {
  items, authors, books, customers, addresses, products, orders, lines, branches, tellers, accounts, history, world,
  authorsRelations, booksRelations, wideTables,
}
