<?php
// Doctrine ORM on PDO, as a unit of work. What it does at each word: bench/workloads.md.

use Bench\{Account, Address, Author, Book, Branch, Customer, History, Item, Line, Order, Product, Teller, World};
use Doctrine\DBAL\DriverManager;
use Doctrine\ORM\Configuration;
use Doctrine\ORM\EntityManager;
use Doctrine\ORM\ORMSetup;
use Symfony\Component\Cache\Adapter\PhpFilesAdapter;

require 'Doctrine/ORM/autoload.php';
require 'Symfony/Component/Cache/autoload.php';
require __DIR__ . '/harness.php';
require __DIR__ . '/models.php';

const BATCH = 100; // objects between flushes, when there are many new ones

// Production settings: metadata and parsed queries come from files that opcache keeps, proxies are written once.
function configuration(): Configuration
{
    $build = getenv('BENCH_BUILD');
    $config = ORMSetup::createAttributeMetadataConfiguration(
        [__DIR__], false, "$build/proxies", new PhpFilesAdapter('doctrine', 0, "$build/cache")
    );
    $config->setAutoGenerateProxyClasses(Doctrine\Common\Proxy\AbstractProxyFactory::AUTOGENERATE_FILE_NOT_EXISTS);
    return $config;
}

function connect(Configuration $config): Doctrine\DBAL\Connection
{
    return DriverManager::getConnection([
        'driver' => 'pdo_pgsql',
        'host' => getenv('PGHOST'),
        'port' => getenv('PGPORT') ?: 5432,
        'user' => getenv('PGUSER'),
        'dbname' => getenv('PGDATABASE'),
    ], $config);
}

// A unit of work of its own on the one connection.
function entity_manager(): EntityManager
{
    static $connection, $config;
    $config ??= configuration();
    $connection ??= connect($config);
    $connection->connect();
    return new EntityManager($connection, $config);
}

// Many new objects: flushed and forgotten in batches, in one transaction.
function insert_all(EntityManager $em, iterable $objects): void
{
    $em->wrapInTransaction(function () use ($em, $objects) {
        $n = 0;
        foreach ($objects as $object) {
            $em->persist($object);
            if (++$n % BATCH === 0) {
                $em->flush();
                $em->clear();
            }
        }
    });
}

function make_item(array $values): Item
{
    $item = new Item();
    foreach ($values as $name => $value) {
        $item->$name = $value;
    }
    return $item;
}

function items_between(EntityManager $em, int $first, int $last): array
{
    return $em->createQuery('SELECT i FROM Bench\Item i WHERE i.id BETWEEN ?1 AND ?2 ORDER BY i.id')
        ->setParameters([1 => $first, 2 => $last])->getResult();
}

// The units of update and delete: entity managers and what they have loaded.
function loaded(Size $size): array
{
    return array_map(function (array $range) {
        $em = entity_manager();
        return [$em, items_between($em, ...$range)];
    }, $size->ranges());
}

function find(Size $size): Closure
{
    $em = entity_manager();
    return function () use ($size, $em) {
        $items = [];
        for ($u = 0; $u < $size->r; $u++) {
            $items[] = $em->find(Item::class, $u * 7919 % K + 1);
        }
        return fn () => fold_items($items);
    };
}

function find_hit(Size $size): Closure
{
    $em = entity_manager();
    $items = items_between($em, 1, $size->n);
    return function () use ($size, $em, $items) {
        $sum = 0;
        for ($u = 0; $u < $size->r; $u++) {
            $sum += $em->find(Item::class, $u * 7919 % $size->n + 1)->quantity ?? 0;
        }
        return fn () => $sum % M;
    };
}

function find_many(Size $size): Closure
{
    $em = entity_manager();
    return function () use ($size, $em) {
        $items = [];
        foreach ($size->keys() as $keys) {
            $found = [];
            foreach ($em->getRepository(Item::class)->findBy(['id' => $keys]) as $item) {
                $found[$item->id] = $item;
            }
            foreach ($keys as $key) {
                $items[] = $found[$key];
            }
        }
        return fn () => fold_items($items);
    };
}

function request(Size $size): Closure
{
    $em = entity_manager();
    return function () use ($size, $em) {
        $read = 0;
        foreach ($size->units() as $u) {
            $author = $em->find(Author::class, $u * 7919 % K + 1);
            $read += $author->id * 31 + $author->score;
            $author->score++;
            $book = new Book();
            [$book->author, $book->title, $book->year] = [$author, 'a new book', 2026];
            $em->persist($book);
            $em->flush();
            $em->clear();
            $read += $author->id * $book->id;
        }
        return fn () => $read % M;
    };
}

function load(Size $size): Closure
{
    $em = entity_manager();
    return function () use ($em) {
        $items = $em->createQuery('SELECT i FROM Bench\Item i ORDER BY i.id')->getResult();
        return fn () => $em->isOpen() ? fold_items($items) : 0;
    };
}

function memory(Size $size): Closure
{
    entity_manager()->find(Item::class, 1);
    return load($size);
}

function parents(string $query): Closure
{
    $em = entity_manager();
    return function () use ($em, $query) {
        $read = [];
        foreach ($em->createQuery($query)->getResult() as $author) {
            $read[] = [$author, $author->books->toArray()];
        }
        return fn () => fold_authors($read);
    };
}

function parents_naive(Size $size): Closure
{
    return parents('SELECT a FROM Bench\Author a ORDER BY a.id');
}

function parents_eager(Size $size): Closure
{
    return parents('SELECT a, b FROM Bench\Author a LEFT JOIN a.books b ORDER BY a.id');
}

function insert(Size $size): Closure
{
    $em = entity_manager();
    $units = array_map(fn (array $range) => array_map(item_values(...), range(...$range)), $size->ranges());
    return function () use ($em, $units) {
        $made = [];
        foreach ($units as $unit) {
            $items = array_map(make_item(...), $unit);
            insert_all($em, $items);
            $em->clear();
            array_push($made, ...$items);
        }
        return fn () => sum_of_ids($made);
    };
}

function change(array $items): void
{
    foreach ($items as $item) {
        $item->name = CHANGED[$item->id % 2];
        $item->price++;
    }
}

function update(Size $size): Closure
{
    $units = loaded($size);
    return function () use ($units) {
        foreach ($units as [$em, $items]) {
            change($items);
            $em->flush();
            $em->clear();
        }
    };
}

// remove() compares no versions: this is the bulk delete of the documentation, with them.
function delete_items(EntityManager $em, array $items): void
{
    $versions = [];
    foreach ($items as $item) {
        $versions[$item->version][] = $item->id;
    }
    $query = $em->createQuery('DELETE Bench\Item i WHERE i.id IN (:ids) AND i.version = :version');
    foreach ($versions as $version => $ids) {
        foreach (array_chunk($ids, 10000) as $chunk) {
            if ($query->execute(['ids' => $chunk, 'version' => $version]) !== count($chunk)) {
                throw new RuntimeException('an item is stale');
            }
        }
    }
}

function delete(Size $size): Closure
{
    $units = loaded($size);
    return function () use ($units) {
        foreach ($units as [$em, $items]) {
            if (count($items) === 1) {
                delete_items($em, $items);
            } else {
                $em->wrapInTransaction(fn () => delete_items($em, $items));
            }
            $em->clear();
        }
    };
}

function graph(Size $size): Closure
{
    $em = entity_manager();
    $old = fn (string $class) => $em->createQuery("SELECT o FROM $class o WHERE o.id <= ?1 ORDER BY o.id")
        ->setParameters([1 => $size->n])->getResult();
    [$products, $orders] = [$old(Product::class), $old(Order::class)];
    return function () use ($size, $em, $products, $orders) {
        $customers = [];
        for ($i = 1; $i <= $size->n; $i++) {
            $customers[] = $customer = new Customer();
            $customer->name = 'customer number ' . ($i + 1);
            $address = new Address();
            [$address->customer, $address->city] = [$customer, "city $i"];
            $order = new Order();
            [$order->customer, $order->status] = [$customer, 'new'];
            [$line, $other] = [new Line(), new Line()];
            [$line->order, $line->product, $line->quantity] = [$order, $products[$i - 1], 1];
            [$other->order, $other->product, $other->quantity] = [$order, $products[$i % $size->n], 2];
            foreach ([$customer, $address, $order, $line, $other] as $object) {
                $em->persist($object);
            }
            $products[$i - 1]->stock -= 3;
            $em->remove($orders[$i - 1]);
        }
        $em->flush();
        $em->clear();
        return fn () => sum_of_ids($customers, 2);
    };
}

function dirty(Size $size): Closure
{
    $em = entity_manager();
    $items = items_between($em, 1, $size->n);
    return function () use ($size, $em, $items) {
        for ($r = 0; $r < $size->r; $r++) {
            change(array_slice($items, $r * 10, 10));
            $em->flush();
        }
    };
}

function nothing(Size $size): Closure
{
    $em = entity_manager();
    $items = items_between($em, 1, $size->n);
    return function () use ($size, $em, $items) {
        for ($r = 0; $r < $size->r; $r++) {
            $em->flush();
        }
        return fn () => count($items) * 0;
    };
}

function tpcb(Size $size): Closure
{
    $em = entity_manager();
    return function () use ($size, $em) {
        $sum = 0;
        foreach ($size->units() as $u) {
            [$a, $t, $b, $d] = [$u * 7919 % ACCOUNTS + 1, $u % 100 + 1, $u % 10 + 1, $u * 37 % 10001 - 5000];
            $sum += $em->wrapInTransaction(function () use ($em, $a, $t, $b, $d) {
                foreach ([Account::class => $a, Teller::class => $t, Branch::class => $b] as $class => $id) {
                    $em->createQuery("UPDATE $class r SET r.balance = r.balance + :d WHERE r.id = :id")
                        ->execute(['d' => $d, 'id' => $id]);
                }
                $entry = new History();
                [$entry->teller_id, $entry->branch_id, $entry->account_id, $entry->delta] = [$t, $b, $a, $d];
                $entry->made_at = new DateTimeImmutable();
                $em->persist($entry);
                return $em->find(Account::class, $a)->balance + 1000000;
            });
            $em->clear();
        }
        return fn () => $sum % M;
    };
}

function worlds(Size $size, bool $change): Closure
{
    $em = entity_manager();
    return function () use ($size, $em, $change) {
        $numbers = [];
        foreach ($size->units() as $u) {
            $rows = [];
            for ($k = 0; $k < $size->n; $k++) {
                $rows[] = $row = $em->find(World::class, ($u * $size->n + $k) * 7919 % K + 1);
                $numbers[] = $row->randomnumber;
            }
            if ($change) {
                foreach ($rows as $row) {
                    $row->randomnumber = $row->randomnumber % K + 1;
                }
                $em->flush();
            }
            $em->clear();
        }
        return fn () => fold(0, ...$numbers);
    };
}

function open(Size $size): Closure
{
    $path = getenv('BENCH_BUILD') . "/wide_$size->n.php";
    file_put_contents($path, Bench\wide_classes($size->n, 20));
    require_once $path;
    return function () use ($size) {
        for ($r = 0; $r < $size->r; $r++) {
            $config = configuration();
            $em = new EntityManager(connect($config), $config);
            for ($m = 0; $m < $size->n; $m++) {
                $em->getClassMetadata("Bench\\Wide\\Wide$m");
            }
            $em->getConnection()->connect();
            $em->getConnection()->close();
        }
    };
}

function start(Size $size): Closure
{
    return function () {
        $item = entity_manager()->find(Item::class, 1);
        return fn () => fold_items([$item]);
    };
}

if (($argv[1] ?? '') === '--version') {
    if (!extension_loaded('pdo_pgsql')) {
        fwrite(STDERR, "PHP has no pdo_pgsql\n");
        exit(1);
    }
    echo 'Doctrine ORM ', Doctrine\ORM\Version::VERSION, ', PHP ', PHP_VERSION, "\n";
    exit;
}

serve([
    'find' => find(...), 'find_hit' => find_hit(...), 'find_many' => find_many(...), 'request' => request(...),
    'load' => load(...), 'memory' => memory(...), 'parents_naive' => parents_naive(...),
    'parents_eager' => parents_eager(...), 'insert' => insert(...), 'update' => update(...), 'delete' => delete(...),
    'graph' => graph(...), 'dirty' => dirty(...), 'nothing' => nothing(...), 'tpcb' => tpcb(...),
    'queries' => fn (Size $size) => worlds($size, false), 'updates' => fn (Size $size) => worlds($size, true),
    'open' => open(...), 'start' => start(...),
]);
