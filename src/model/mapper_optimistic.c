/* How a row that somebody else has changed is told: by a version column, by the row's xmin, or by the values that it had. */
#include "compile.h"

#include "sqltype.h"

#include <string.h>

static enum howdah_optimistic optimistic_of(const struct howdah_model *model)
{
    bool known = model->struct_size >= offsetof(struct howdah_model, optimistic) + sizeof(model->optimistic);
    return known ? model->optimistic : HOWDAH_OPTIMISTIC_VERSION;
}

static bool is_comparable(const struct column *column)
{
    bool plain = column->codec->type == HOWDAH_TYPE_JSON && codec_json_is_plain(column->field);
    return !plain && sqltype_is_comparable(column->ddl_type, strcspn(column->ddl_type, "[( "));
}

static void check_values(struct compilation *c, const struct mapper *mapper)
{
    if (mapper->token)
        compile_fault(c, mapper, mapper->token->field,
                      "is .version, but the model is .optimistic by values: take one of them away");
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!mapper->columns[i].key && mapper->columns[i].codec && !is_comparable(&mapper->columns[i]))
            compile_fault(c, mapper, mapper->columns[i].field,
                          "is %s, which has no = to compare it with what it was: use jsonb or text, or a .version "
                          "column instead of .optimistic",
                          mapper->columns[i].ddl_type);
}

void compile_optimistic(struct compilation *c, struct mapper *mapper)
{
    enum howdah_optimistic optimistic = mapper->join_of ? HOWDAH_OPTIMISTIC_VERSION : optimistic_of(mapper->model);
    if ((unsigned)optimistic > HOWDAH_OPTIMISTIC_DIRTY)
        compile_fault(c, mapper, NULL, "has .optimistic = %d, which is none of its constants", (int)optimistic);
    else if (optimistic != HOWDAH_OPTIMISTIC_VERSION && !mapper->table)
        compile_fault(c, mapper, NULL, "has .optimistic, but its struct has no table: name one in MODEL");
    else if (optimistic != HOWDAH_OPTIMISTIC_VERSION)
        check_values(c, mapper);
    mapper->optimistic = optimistic;
}
