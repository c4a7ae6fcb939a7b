# ActiveRecord on ruby-pg. It has no unit of work: a unit is a transaction that says what it writes. What it does at
# each word: bench/workloads.md.
require "bootsnap" # keeps what Ruby compiles, as Rails does

Bootsnap.setup(cache_dir: ENV.fetch("BENCH_BUILD"), development_mode: false, load_path_cache: false,
               compile_cache_iseq: true, compile_cache_yaml: false, compile_cache_json: false)

require_relative "harness"
require_relative "models"

BATCH = 300 # rows of a statement

class Stale < StandardError
end

# Prepared statements are its default.
def connect
  return if ActiveRecord::Base.connected?

  ActiveRecord::Base.establish_connection(
    adapter: "postgresql", host: ENV["PGHOST"], port: ENV["PGPORT"], username: ENV["PGUSER"],
    database: ENV["PGDATABASE"], pool: 1
  )
  ActiveRecord::Base.connection
end

def transaction(&block)
  ActiveRecord::Base.transaction(&block)
end

# insert_all! makes no objects: rows go in, and their ids come out.
def insert_all(model, rows)
  rows.each_slice(BATCH).flat_map { |slice| model.insert_all!(slice, returning: :id).rows.flatten }
end

def delete_versioned(model, objects)
  objects.group_by(&:version).each do |version, same|
    same.each_slice(10_000) do |slice|
      raise Stale if model.where(id: slice.map(&:id), version: version).delete_all != slice.size
    end
  end
end

def items_in(range)
  connect
  Item.where(id: range).order(:id).to_a
end

def find(size)
  connect
  lambda do
    items = Array.new(size.r) { |u| Item.find(u * 7919 % K + 1) }
    -> { fold_items(items) }
  end
end

def find_many(size)
  connect
  lambda do
    items = size.keys.flat_map { |keys| Item.find(keys) } # in the order of the keys
    -> { fold_items(items) }
  end
end

def request(size)
  connect
  lambda do
    read = size.units.map do |u|
      transaction do
        author = Author.find(u * 7919 % K + 1)
        before = author.score
        author.update!(score: before + 1)
        book = author.books.create!(title: "a new book", year: 2026)
        author.id * 31 + before + author.id * book.id
      end
    end
    -> { read.sum % M }
  end
end

def load_items(_size)
  connect
  lambda do
    items = Item.order(:id).to_a
    -> { fold_items(items) }
  end
end

def memory(size)
  connect
  Item.find(1)
  load_items(size)
end

def parents(authors)
  connect
  lambda do
    pairs = authors.map { |author| [author, author.books.to_a] }
    -> { fold_authors(pairs) }
  end
end

def parents_naive(_size)
  parents(Author.order(:id))
end

def parents_eager(_size)
  parents(Author.order(:id).preload(:books))
end

def insert(size)
  connect
  units = size.ranges.map { |range| range.map { |i| item_values(i) } }
  lambda do
    ids = units.flat_map do |unit|
      unit.each { |values| values["version"] = 1 }
      if unit.size == 1
        item = Item.new(unit[0].except("attributes"))
        item[:attributes] = unit[0]["attributes"]
        item.save!
        [item.id]
      elsif unit.size <= BATCH
        insert_all(Item, unit)
      else
        transaction { insert_all(Item, unit) }
      end
    end
    -> { sum_of_ids(ids) }
  end
end

# There is no way to write many objects at once that compares versions.
def change(items)
  transaction do
    items.each do |item|
      item.name = CHANGED[item.id % 2]
      item.price += 1
      item.save!
    end
  end
end

def update(size)
  units = size.ranges.map { |range| items_in(range) }
  -> { units.each { |items| change(items) } }
end

def delete(size)
  units = size.ranges.map { |range| items_in(range) }
  lambda do
    units.each do |items|
      if items.size == 1
        delete_versioned(Item, items)
      else
        transaction { delete_versioned(Item, items) }
      end
    end
  end
end

def graph(size)
  connect
  products = Product.where(id: 1..size.n).order(:id).to_a
  orders = Order.where(id: 1..size.n).order(:id).to_a
  lambda do
    customers = transaction do
      ids = insert_all(Customer, Array.new(size.n) { |i| { name: "customer number #{i + 2}" } })
      insert_all(Address, ids.each_with_index.map { |id, i| { customer_id: id, city: "city #{i + 1}" } })
      news = insert_all(Order, ids.map { |id| { customer_id: id, status: "new" } })
      insert_all(Line, news.each_with_index.flat_map do |id, i|
        [{ order_id: id, product_id: products[i].id, quantity: 1 },
         { order_id: id, product_id: products[(i + 1) % size.n].id, quantity: 2 }]
      end)
      products.each { |product| product.update!(stock: product.stock - 3) }
      orders.each_slice(10_000) { |slice| Order.where(id: slice.map(&:id)).delete_all }
      ids
    end
    -> { sum_of_ids(customers, 2) }
  end
end

def dirty(size)
  items = items_in(1..size.n)
  -> { size.r.times { |r| change(items[r * 10, 10]) } }
end

def tpcb(size)
  connect
  lambda do
    balances = size.units.map do |u|
      a, t, b, d = u * 7919 % ACCOUNTS + 1, u % 100 + 1, u % 10 + 1, u * 37 % 10_001 - 5000
      transaction do
        [[Account, a], [Teller, t], [Branch, b]].each { |model, id| model.update_counters(id, balance: d) }
        History.create!(teller_id: t, branch_id: b, account_id: a, delta: d, made_at: Time.now.utc)
        Account.where(id: a).pick(:balance)
      end
    end
    -> { balances.sum { |balance| balance + 1_000_000 } % M }
  end
end

def worlds(size, change)
  connect
  lambda do
    numbers = size.units.flat_map do |u|
      rows = Array.new(size.n) { |k| World.find((u * size.n + k) * 7919 % K + 1) }
      read = rows.map(&:randomnumber)
      World.upsert_all(rows.map { |row| { id: row.id, randomnumber: row.randomnumber % K + 1 } }) if change
      read
    end
    -> { fold(0, *numbers) }
  end
end

def queries(size)
  worlds(size, false)
end

def updates(size)
  worlds(size, true)
end

def start(_size)
  lambda do
    connect
    item = Item.find(1)
    -> { fold_items([item]) }
  end
end

if ARGV == ["--version"]
  require "active_record/connection_adapters/postgresql_adapter"
  jit = " with YJIT" if defined?(RubyVM::YJIT) && RubyVM::YJIT.enabled?
  puts "ActiveRecord #{ActiveRecord.version}, pg #{PG::VERSION}, Ruby #{RUBY_VERSION}#{jit}"
  exit
end

same = %w[find find_many request memory parents_naive parents_eager insert update delete graph dirty tpcb queries
          updates start]
serve(same.to_h { |name| [name, name] }.merge("load" => "load_items"),
      "find_hit" => "ActiveRecord has no identity map",
      "nothing" => "ActiveRecord has no unit of work",
      "open" => "ActiveRecord's models are registered once, and read their tables")
