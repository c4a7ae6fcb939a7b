/* expect: no member named .nmae */
#include "models.h"

void run(Query *q);
void run(Query *q)
{
#ifdef MISUSE
    query_order_by(q, User, nmae, ORDER_ASC);
#else
    query_order_by(q, User, name, ORDER_ASC);
#endif
}
