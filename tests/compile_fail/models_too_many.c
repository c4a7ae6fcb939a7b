/* expect: more_than_32_arguments */
#include "models.h"

#define EIGHT   User, Post, User, Post, User, Post, User, Post
#define MANY_OF EIGHT, EIGHT, EIGHT, EIGHT

#ifdef MISUSE
const Model *const *list(void)
{
    return MODELS(MANY_OF, User);
}
#else
const Model *const *list(void);
const Model *const *list(void)
{
    static const Model *const models[] = {&User_model, NULL};
    return MODELS(MANY_OF) ? models : NULL;
}
#endif
