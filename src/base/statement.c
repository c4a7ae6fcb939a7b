#include "statement.h"

#include "hash.h"

#include <string.h>

void statement_seal(struct statement *statement)
{
    size_t length = strlen(statement->text), types = statement->parameters * sizeof(*statement->types);
    for (unsigned i = 0; i < 2; i++)
        statement->hash[i] = hash_bytes(hash_bytes(i, statement->text, length), statement->types, types);
}
