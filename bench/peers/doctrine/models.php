<?php
// The tables as Doctrine maps them, by attributes.

namespace Bench;

use DateTimeImmutable;
use Doctrine\Common\Collections\Collection;
use Doctrine\DBAL\Platforms\AbstractPlatform;
use Doctrine\DBAL\Types\Type;
use Doctrine\ORM\EntityManagerInterface;
use Doctrine\ORM\Id\AbstractIdGenerator;
use Doctrine\ORM\Mapping as ORM;

// A hundred values of the key's sequence at a time. Doctrine has this as allocationSize of a sequence, but wants the
// sequence made with that increment.
final class BlockGenerator extends AbstractIdGenerator
{
    private array $ids = [];

    public function generateId(EntityManagerInterface $em, $entity): int
    {
        if (!$this->ids) {
            $table = $em->getClassMetadata($entity::class)->getTableName();
            $ids = $em->getConnection()->fetchFirstColumn(
                "SELECT nextval('{$table}_id_seq') FROM generate_series(1, 100)"
            );
            $this->ids = array_reverse($ids);
        }
        return array_pop($this->ids);
    }

    // It is part of the metadata, which are cached.
    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $data): void
    {
    }
}

// text[]: Doctrine has no type for arrays of PostgreSQL.
final class TextArray extends Type
{
    public function getSQLDeclaration(array $column, AbstractPlatform $platform): string
    {
        return 'TEXT[]';
    }

    public function getName(): string
    {
        return 'text_array';
    }

    public function convertToDatabaseValue($value, AbstractPlatform $platform): ?string
    {
        return $value === null ? null : '{' . implode(',', array_map($this->quote(...), $value)) . '}';
    }

    private function quote(string $element): string
    {
        return '"' . addcslashes($element, '"\\') . '"';
    }

    public function convertToPHPValue($value, AbstractPlatform $platform): ?array
    {
        if ($value === null) {
            return null;
        }
        if (!strpbrk($value, '"\\')) {
            return $value === '{}' ? [] : explode(',', substr($value, 1, -1));
        }
        preg_match_all('/"((?:[^"\\\\]|\\\\.)*)"|([^,{}"]+)/', $value, $found, PREG_SET_ORDER);
        return array_map(fn (array $f) => $f[2] ?? stripslashes($f[1]), $found);
    }
}

Type::addType('text_array', TextArray::class);

#[ORM\Entity, ORM\Table('items')]
class Item
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\Column(type: 'text')]
    public string $name;
    #[ORM\Column(type: 'text')]
    public string $note;
    #[ORM\Column]
    public bool $active;
    #[ORM\Column(type: 'datetimetz_immutable')]
    public DateTimeImmutable $created_at;
    #[ORM\Column]
    public float $price;
    #[ORM\Column]
    public ?int $quantity;
    #[ORM\Column(type: 'guid')]
    public string $token;
    #[ORM\Column(type: 'json')]
    public array $attributes;
    #[ORM\Column(type: 'text_array')]
    public array $labels;
    #[ORM\Version, ORM\Column(type: 'integer')]
    public int $version;
}

#[ORM\Entity, ORM\Table('authors')]
class Author
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\Column(type: 'text')]
    public string $name;
    #[ORM\Column]
    public int $score;
    #[ORM\Version, ORM\Column(type: 'integer')]
    public int $version;
    #[ORM\OneToMany(targetEntity: Book::class, mappedBy: 'author')]
    public Collection $books;
}

#[ORM\Entity, ORM\Table('books')]
class Book
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\ManyToOne(inversedBy: 'books')]
    public Author $author;
    #[ORM\Column(type: 'text')]
    public string $title;
    #[ORM\Column]
    public int $year;
}

#[ORM\Entity, ORM\Table('customers')]
class Customer
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\Column(type: 'text')]
    public string $name;
}

#[ORM\Entity, ORM\Table('addresses')]
class Address
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\ManyToOne]
    public Customer $customer;
    #[ORM\Column(type: 'text')]
    public string $city;
}

#[ORM\Entity, ORM\Table('products')]
class Product
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\Column(type: 'text')]
    public string $name;
    #[ORM\Column]
    public int $stock;
    #[ORM\Version, ORM\Column(type: 'integer')]
    public int $version;
}

#[ORM\Entity, ORM\Table('orders')]
class Order
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\ManyToOne]
    public Customer $customer;
    #[ORM\Column(type: 'text')]
    public string $status;
}

#[ORM\Entity, ORM\Table('lines')]
class Line
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\ManyToOne]
    public Order $order;
    #[ORM\ManyToOne]
    public Product $product;
    #[ORM\Column]
    public int $quantity;
}

#[ORM\Entity, ORM\Table('branches')]
class Branch
{
    #[ORM\Id, ORM\Column]
    public int $id;
    #[ORM\Column]
    public int $balance;
    #[ORM\Column(length: 88, options: ['fixed' => true])]
    public string $filler;
}

#[ORM\Entity, ORM\Table('tellers')]
class Teller
{
    #[ORM\Id, ORM\Column]
    public int $id;
    #[ORM\Column]
    public int $branch_id;
    #[ORM\Column]
    public int $balance;
    #[ORM\Column(length: 84, options: ['fixed' => true])]
    public string $filler;
}

#[ORM\Entity, ORM\Table('accounts')]
class Account
{
    #[ORM\Id, ORM\Column]
    public int $id;
    #[ORM\Column]
    public int $branch_id;
    #[ORM\Column]
    public int $balance;
    #[ORM\Column(length: 84, options: ['fixed' => true])]
    public string $filler;
}

#[ORM\Entity, ORM\Table('history')]
class History
{
    #[ORM\Id, ORM\Column, ORM\GeneratedValue('CUSTOM'), ORM\CustomIdGenerator(BlockGenerator::class)]
    public ?int $id = null;
    #[ORM\Column]
    public int $teller_id;
    #[ORM\Column]
    public int $branch_id;
    #[ORM\Column]
    public int $account_id;
    #[ORM\Column]
    public int $delta;
    #[ORM\Column(type: 'datetimetz_immutable')]
    public DateTimeImmutable $made_at;
    #[ORM\Column(length: 22, options: ['fixed' => true])]
    public ?string $filler = null;
}

#[ORM\Entity, ORM\Table('world')]
class World
{
    #[ORM\Id, ORM\Column]
    public int $id;
    #[ORM\Column]
    public int $randomnumber;
}

// The text of so many classes with columns of the types of items.
function wide_classes(int $count, int $columns): string
{
    $types = ['integer', 'text', 'text', 'boolean', 'datetimetz_immutable', 'float', 'integer', 'guid', 'json',
        'text_array'];
    $text = "<?php\nnamespace Bench\\Wide;\nuse Doctrine\\ORM\\Mapping as ORM;\n";
    for ($m = 0; $m < $count; $m++) {
        $text .= "#[ORM\\Entity, ORM\\Table('wide_$m')]\nclass Wide$m\n{\n";
        $text .= "    #[ORM\\Id, ORM\\Column]\n    public int \$id;\n";
        for ($c = 1; $c < $columns; $c++) {
            $text .= "    #[ORM\\Column(type: '{$types[$c % 10]}')]\n    public \$c$c;\n";
        }
        $text .= "}\n";
    }
    return $text;
}
