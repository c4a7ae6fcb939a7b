/* expect: Writer_model.*undeclared|undeclared identifier .Writer_model */
#include "models.h"

#ifdef MISUSE
const Model *const *list(void)
{
    return MODELS(User, Writer);
}
#else
const Model *const *list(void);
const Model *const *list(void)
{
    static const Model *const models[] = {&User_model, NULL};
    return models;
}
#endif
