<?php
// Answers to the harness, values and checksums. bench/workloads.md says what they mean.

const M = 2147483647;
const K = 10000;
const ACCOUNTS = 100000;
const CHANGED = ['another name of an item', 'a changed name of an item']; // of even and odd ids

// n objects in each of r units; units are the numbers of this client's.
final class Size
{
    public int $n;
    public int $r;

    public function __construct(string $text)
    {
        [$this->n, $this->r] = array_map(intval(...), explode('x', "{$text}x1"));
    }

    public function units(): array
    {
        $client = (int) (getenv('BENCH_CLIENT') ?: 0);
        $clients = (int) (getenv('BENCH_CLIENTS') ?: 1);
        return array_map(fn (int $unit) => $unit * $clients + $client, range(0, $this->r - 1));
    }

    // The first and the last number of each unit's objects.
    public function ranges(): array
    {
        return array_map(fn (int $u) => [$u * $this->n + 1, $u * $this->n + $this->n], $this->units());
    }

    // The keys of find_many, unit by unit.
    public function keys(): array
    {
        $keys = array_map(fn (int $v) => $v * 7919 % K + 1, range(0, $this->n * $this->r - 1));
        return array_chunk($keys, $this->n);
    }
}

function item_values(int $i): array
{
    return [
        'name' => "item number $i",
        'note' => str_repeat("note $i ", 8),
        'active' => $i % 2 === 0,
        'created_at' => new DateTimeImmutable('@' . (gmmktime(0, 0, 0, 1, 1, 2026) + $i * 60)),
        'price' => $i * 0.25,
        'quantity' => $i % 5 ? $i : null,
        'token' => sprintf('00000000-0000-4000-8000-%012x', $i),
        'attributes' => ['color' => 'blue', 'origin' => 'somewhere', 'weight' => $i],
        'labels' => ['label' . $i % 7, 'group' . $i % 11, 'kind' . $i % 13],
    ];
}

function fold(int $h, ...$values): int
{
    foreach ($values as $value) {
        if (is_string($value)) {
            foreach (unpack('C*', $value) as $byte) {
                $h = ($h * 31 + $byte) % M;
            }
        } else {
            $h = ($h * 31 + (int) $value) % M;
        }
    }
    return $h;
}

function fold_items(iterable $items): int
{
    $h = 0;
    foreach ($items as $i) {
        ['color' => $color, 'origin' => $origin, 'weight' => $weight] = $i->attributes;
        $h = fold($h, $i->id, $i->name, $i->note, $i->active, $i->created_at->getTimestamp(), $i->price * 4);
        $h = fold($h, $i->quantity ?? 7, $i->token, json_encode(compact('color', 'origin', 'weight')), ...$i->labels);
        $h = fold($h, $i->version);
    }
    return $h;
}

function fold_authors(array $authors): int
{
    $h = 0;
    foreach ($authors as [$author, $books]) {
        $sum = array_sum(array_map(fn ($b) => fold(0, $b->id, $b->title, $b->year), $books)) % M;
        $h = fold($h, $author->id, $author->name, $author->score, $author->version, $sum);
    }
    return $h;
}

function sum_of_ids(array $objects, int $first = 1): int
{
    $sum = 0;
    foreach ($objects as $n => $object) {
        $sum = ($sum + ($n + $first) * $object->id) % M;
    }
    return $sum;
}

// Nanoseconds of the process.
function cpu(): int
{
    $usage = getrusage();
    $seconds = $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'];
    return ($seconds * 1000000 + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) * 1000;
}

// Answers until the end. A workload is a function that takes a Size, does what stands under "before", and returns the
// function that is timed; that one may return a function that computes the checksum.
function serve(array $workloads): void
{
    $work = $kept = null; // what was read is held until the next prepare
    while (($line = fgets(STDIN)) !== false) {
        $words = explode(' ', trim($line));
        if ($words[0] === 'quit') {
            break;
        }
        try {
            if (!isset($workloads[$words[1]])) {
                $answer = 'unsupported not made';
            } elseif ($words[0] === 'prepare') {
                $work = $kept = null;
                $work = $workloads[$words[1]](new Size($words[2]));
                $answer = 'ok 0 0 0';
            } else {
                [$wall, $cpu] = [hrtime(true), cpu()];
                $kept = $work();
                [$wall, $cpu] = [hrtime(true) - $wall, cpu() - $cpu];
                $answer = "ok $wall " . ($kept ? $kept() : 0) . " $cpu";
            }
        } catch (Throwable $error) {
            $answer = 'error ' . preg_replace('/\s+/', ' ', get_class($error) . ': ' . $error->getMessage());
        }
        fwrite(STDOUT, "$answer\n");
    }
}
