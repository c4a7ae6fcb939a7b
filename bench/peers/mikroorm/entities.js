// The tables as MikroORM maps them: names of columns are made of those of properties.
'use strict'
const { defineEntity, p } = require('@mikro-orm/core')

const key = () => p.bigint('number').primary()
const version = () => p.integer().version()

const Item = defineEntity({
  name: 'Item',
  tableName: 'items',
  properties: {
    id: key(),
    name: p.text(),
    note: p.text(),
    active: p.boolean(),
    createdAt: p.datetime().columnType('timestamptz'),
    price: p.double(),
    quantity: p.integer().nullable(),
    token: p.uuid(),
    attributes: p.json(),
    labels: p.array().columnType('text[]'),
    version: version(),
  },
})
const Author = defineEntity({
  name: 'Author',
  tableName: 'authors',
  properties: {
    id: key(),
    name: p.text(),
    score: p.integer(),
    version: version(),
    books: () => p.oneToMany(Book).mappedBy('author'),
  },
})
const Book = defineEntity({
  name: 'Book',
  tableName: 'books',
  properties: { id: key(), author: () => p.manyToOne(Author), title: p.text(), year: p.integer() },
})
const Customer = defineEntity({ name: 'Customer', tableName: 'customers', properties: { id: key(), name: p.text() } })
const Address = defineEntity({
  name: 'Address',
  tableName: 'addresses',
  properties: { id: key(), customer: () => p.manyToOne(Customer), city: p.text() },
})
const Product = defineEntity({
  name: 'Product',
  tableName: 'products',
  properties: { id: key(), name: p.text(), stock: p.integer(), version: version() },
})
const Order = defineEntity({
  name: 'Order',
  tableName: 'orders',
  properties: { id: key(), customer: () => p.manyToOne(Customer), status: p.text() },
})
const Line = defineEntity({
  name: 'Line',
  tableName: 'lines',
  properties: {
    id: key(), order: () => p.manyToOne(Order), product: () => p.manyToOne(Product), quantity: p.integer(),
  },
})

const id = () => p.integer().primary()
const Branch = defineEntity({
  name: 'Branch',
  tableName: 'branches',
  properties: { id: id(), balance: p.integer(), filler: p.string().columnType('char(88)') },
})
const held = () => ({
  id: id(), branchId: p.integer(), balance: p.integer(), filler: p.string().columnType('char(84)'),
})
const Teller = defineEntity({ name: 'Teller', tableName: 'tellers', properties: held() })
const Account = defineEntity({ name: 'Account', tableName: 'accounts', properties: held() })
const History = defineEntity({
  name: 'History',
  tableName: 'history',
  properties: {
    id: key(),
    tellerId: p.integer(),
    branchId: p.integer(),
    accountId: p.integer(),
    delta: p.integer(),
    madeAt: p.datetime().columnType('timestamptz'),
    filler: p.string().columnType('char(22)').nullable(),
  },
})
const World = defineEntity({ name: 'World', tableName: 'world', properties: { id: id(), randomnumber: p.integer() } })

// So many entities with columns of the types of items.
function wideEntities(count, columns) {
  const types = [key, p.text, p.text, p.boolean, p.datetime, p.double, p.integer, p.uuid, p.json, p.array]
  return Array.from({ length: count }, (_, m) => {
    const properties = { id: key() }
    for (let c = 1; c < columns; c++) properties[`c${c}`] = (c % types.length ? types[c % types.length] : p.bigint)()
    return defineEntity({ name: `Wide${m}`, tableName: `wide_${m}`, properties })
  })
}

module.exports = {
  Item, Author, Book, Customer, Address, Product, Order, Line, Branch, Teller, Account, History, World,
  all: [Item, Author, Book, Customer, Address, Product, Order, Line, Branch, Teller, Account, History, World],
  wideEntities,
}
