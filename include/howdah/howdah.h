/* Howdah: a Data Mapper for PostgreSQL. Include this one header.
 *
 * Programs use the short names (session_open, Session, COLUMN); define HOWDAH_NO_SHORT_NAMES before the
 * include to have only those that begin with howdah_ and HOWDAH_. */
#ifndef HOWDAH_H
#define HOWDAH_H

#include <howdah/base.h>
#include <howdah/error.h>
#include <howdah/types.h>
#include <howdah/value.h>
#include <howdah/model.h>
#include <howdah/database.h>
#include <howdah/session.h>
#include <howdah/transaction.h>
#include <howdah/query.h>
#include <howdah/sql.h>
#include <howdah/write.h>
#include <howdah/relation.h>
#include <howdah/state.h>
#include <howdah/plan.h>

#ifndef HOWDAH_NO_SHORT_NAMES
#include <howdah/names.h>
#endif

#endif
