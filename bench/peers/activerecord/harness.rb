# Answers to the harness, values and checksums. bench/workloads.md says what they mean.

M = 2147483647
K = 10_000
ACCOUNTS = 100_000
CHANGED = ["another name of an item", "a changed name of an item"].freeze # of even and odd ids
EPOCH = Time.utc(2026)

# n objects in each of r units; units are the numbers of this client's, ranges those of their objects.
Size = Struct.new(:n, :r) do
  def self.parse(text)
    n, r = text.split("x").map(&:to_i)
    new(n, r || 1)
  end

  def units
    client, clients = ENV.fetch("BENCH_CLIENT", 0).to_i, ENV.fetch("BENCH_CLIENTS", 1).to_i
    Array.new(r) { |unit| unit * clients + client }
  end

  def ranges
    units.map { |u| u * n + 1..u * n + n }
  end

  # The keys of find_many, unit by unit.
  def keys
    Array.new(r) { |unit| Array.new(n) { |k| (unit * n + k) * 7919 % K + 1 } }
  end
end

def item_values(i)
  {
    "name" => "item number #{i}",
    "note" => "note #{i} " * 8,
    "active" => i.even?,
    "created_at" => EPOCH + i * 60,
    "price" => i * 0.25,
    "quantity" => i % 5 == 0 ? nil : i,
    "token" => format("00000000-0000-4000-8000-%012x", i),
    "attributes" => { color: "blue", origin: "somewhere", weight: i },
    "labels" => ["label#{i % 7}", "group#{i % 11}", "kind#{i % 13}"],
  }
end

def fold(hash, *values)
  values.each do |value|
    if value.is_a?(String)
      value.each_byte { |byte| hash = (hash * 31 + byte) % M }
    else
      hash = (hash * 31 + value.to_i) % M
    end
  end
  hash
end

def fold_items(items)
  items.reduce(0) do |hash, i|
    json = JSON.generate(i[:attributes].slice("color", "origin", "weight"))
    hash = fold(hash, i.id, i.name, i.note, i.active ? 1 : 0, i.created_at, i.price * 4, i.quantity || 7)
    fold(hash, i.token, json, *i.labels, i.version)
  end
end

def fold_authors(pairs)
  pairs.reduce(0) do |hash, (author, books)|
    hash = fold(hash, author.id, author.name, author.score, author.version)
    fold(hash, books.sum { |b| fold(0, b.id, b.title, b.year) } % M)
  end
end

def sum_of_ids(ids, first = 1)
  ids.each_with_index.sum { |id, n| (n + first) * id } % M
end

def clocks
  [Process::CLOCK_MONOTONIC, Process::CLOCK_PROCESS_CPUTIME_ID].map { |c| Process.clock_gettime(c, :nanosecond) }
end

# Answers until the end. A workload is a method that takes a Size, does what stands under "before", and returns the
# block that is timed; that one may return a block that computes the checksum.
def serve(workloads, unsupported)
  $stdout.sync = true
  work = kept = nil # what was read is held until the next prepare
  $stdin.each_line do |line|
    command, workload, size = line.split
    break if command == "quit"

    if !workloads.key?(workload)
      puts "unsupported #{unsupported.fetch(workload, "not made")}"
    elsif command == "prepare"
      work = kept = nil
      work = method(workloads[workload]).call(Size.parse(size))
      puts "ok 0 0 0"
    else
      wall, cpu = clocks
      kept = work.call
      wall, cpu = clocks.zip([wall, cpu]).map { |a, b| a - b }
      puts "ok #{wall} #{kept.is_a?(Proc) ? kept.call : 0} #{cpu}"
    end
  rescue StandardError => e
    puts "error #{e.class}: #{e.message}".split.join(" ")
  end
end
