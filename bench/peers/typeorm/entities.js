// The tables as TypeORM maps them, by entity schemas. Its version columns are raised by every update and compared only
// where a statement says so.
'use strict'
const { EntitySchema } = require('typeorm')

// pg gives bigint as text, for it may be larger than a number can hold
const number = { from: (value) => (value === null ? null : Number(value)), to: (value) => value }
const key = { type: 'bigint', primary: true, generated: 'identity', transformer: number }
const text = { type: 'text' }
const int4 = { type: 'integer' }
const version = { type: 'integer', version: true }

const schema = (name, tableName, columns, relations) => new EntitySchema({ name, tableName, columns, relations })
const toOne = (target, name, inverseSide) => ({ type: 'many-to-one', target, joinColumn: { name }, inverseSide })

const Item = schema('Item', 'items', {
  id: key,
  name: text,
  note: text,
  active: { type: 'boolean' },
  createdAt: { type: 'timestamptz', name: 'created_at' },
  price: { type: 'double precision' },
  quantity: { type: 'integer', nullable: true },
  token: { type: 'uuid' },
  attributes: { type: 'jsonb' },
  labels: { type: 'text', array: true },
  version,
})
const Author = schema('Author', 'authors', { id: key, name: text, score: int4, version }, {
  books: { type: 'one-to-many', target: 'Book', inverseSide: 'author' },
})
const Book = schema('Book', 'books', { id: key, title: text, year: int4 }, {
  author: toOne('Author', 'author_id', 'books'),
})
const Customer = schema('Customer', 'customers', { id: key, name: text })
const Address = schema('Address', 'addresses', { id: key, city: text }, { customer: toOne('Customer', 'customer_id') })
const Product = schema('Product', 'products', { id: key, name: text, stock: int4, version })
const Order = schema('Order', 'orders', { id: key, status: text }, { customer: toOne('Customer', 'customer_id') })
const Line = schema('Line', 'lines', { id: key, quantity: int4 }, {
  order: toOne('Order', 'order_id'),
  product: toOne('Product', 'product_id'),
})

const id = { type: 'integer', primary: true }
const int4As = (name) => ({ type: 'integer', name })
const filler = (length) => ({ type: 'char', length })
const Branch = schema('Branch', 'branches', { id, balance: int4, filler: filler(88) })
const held = { id, branchId: int4As('branch_id'), balance: int4, filler: filler(84) }
const Teller = schema('Teller', 'tellers', held)
const Account = schema('Account', 'accounts', held)
const History = schema('History', 'history', {
  id: key,
  tellerId: int4As('teller_id'),
  branchId: int4As('branch_id'),
  accountId: int4As('account_id'),
  delta: int4,
  madeAt: { type: 'timestamptz', name: 'made_at' },
  filler: { type: 'char', length: 22, nullable: true },
})
const World = schema('World', 'world', { id, randomnumber: int4 })

// So many entities with columns of the types of items.
function wideEntities(count, columns) {
  const types = Object.values(Item.options.columns).slice(0, 10).map(({ type, array }) => ({ type, array }))
  return Array.from({ length: count }, (_, m) => {
    const body = { id: { type: 'bigint', primary: true, transformer: number } }
    for (let c = 1; c < columns; c++) body[`c${c}`] = { ...types[c % types.length], nullable: true }
    return schema(`Wide${m}`, `wide_${m}`, body)
  })
}

module.exports = {
  all: [Item, Author, Book, Customer, Address, Product, Order, Line, Branch, Teller, Account, History, World],
  wideEntities,
}
