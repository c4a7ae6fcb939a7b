/* The packages that have rows already. They are loaded page by page in the server's order of names, so that a
 * page is one range of each table, compared with their records, and changed by plain assignment. */
#include "sync.h"

#include <stdlib.h>
#include <string.h>

#include "syntax.h"

enum { PAGE = 1000 }; /* packages */

/* Packages and what belongs to them, all in one order: a cursor walks along with the packages. */
struct page {
    Package **packages;
    size_t package_count;
    Package **others; /* of the last name */
    size_t other_count;
    Dependency **dependencies;
    size_t dependency_count;
    size_t next_dependency;
    Provide **provides;
    size_t provide_count;
    size_t next_provide;
};

/* --- loading: 3 round trips, or 4 --- */

static void load_packages(Session *s, const char *after, struct page *page)
{
    Query *q = session_query(s, Package);
    query_where(q, Package, name, ">", after);
    query_order_by(q, Package, name, ORDER_ASC);
    query_order_by(q, Package, architecture, ORDER_ASC);
    query_limit(q, PAGE);
    page->packages = query_all(q, Package, &page->package_count);
    if (page->package_count < PAGE)
        return;

    /* The last name may go on beyond the page: it is asked for whole. */
    const char *last = page->packages[PAGE - 1]->name;
    while (page->package_count > 0 && strcmp(page->packages[page->package_count - 1]->name, last) == 0)
        page->package_count--;
    q = session_query(s, Package);
    query_where(q, Package, name, "=", last);
    query_order_by(q, Package, architecture, ORDER_ASC);
    page->others = query_all(q, Package, &page->other_count);
}

static void load_dependencies(Session *s, const char *after, const char *last, struct page *page)
{
    Query *q = session_query(s, Dependency);
    query_where(q, Dependency, package_name, ">", after);
    query_where(q, Dependency, package_name, "<=", last);
    query_order_by(q, Dependency, package_name, ORDER_ASC);
    query_order_by(q, Dependency, package_architecture, ORDER_ASC);
    query_order_by(q, Dependency, kind, ORDER_ASC);
    query_order_by(q, Dependency, position, ORDER_ASC);
    query_order_by(q, Dependency, alternative, ORDER_ASC);
    page->dependencies = query_all(q, Dependency, &page->dependency_count);
}

static void load_provides(Session *s, const char *after, const char *last, struct page *page)
{
    Query *q = session_query(s, Provide);
    query_where(q, Provide, package_name, ">", after);
    query_where(q, Provide, package_name, "<=", last);
    query_order_by(q, Provide, package_name, ORDER_ASC);
    query_order_by(q, Provide, package_architecture, ORDER_ASC);
    query_order_by(q, Provide, position, ORDER_ASC);
    page->provides = query_all(q, Provide, &page->provide_count);
}

/* The page's last name, or NULL if there are no more packages. */
static const char *load_page(Session *s, const char *after, struct page *ret)
{
    *ret = (struct page){0};
    load_packages(s, after, ret);
    Package **packages = ret->other_count > 0 ? ret->others : ret->packages;
    size_t count = ret->other_count > 0 ? ret->other_count : ret->package_count;
    if (count == 0)
        return NULL;
    const char *last = packages[count - 1]->name;
    load_dependencies(s, after, last, ret);
    load_provides(s, after, last, ret);
    return last;
}

/* --- comparing --- */

static int compare_places(const void *left, const void *right)
{
    const Dependency *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    return (a->alternative > b->alternative) - (a->alternative < b->alternative);
}

/* Both lists are in order. What is equal is assigned as well: the session finds that nothing has changed. */
static void merge_dependencies(Session *s, Dependency **rows, size_t row_count, const struct record *record)
{
    size_t row = 0;
    for (size_t i = 0; i < record->dependency_count; i++) {
        const Dependency *wanted = &record->dependencies[i];
        while (row < row_count && compare_places(rows[row], wanted) < 0)
            session_delete(s, rows[row++]);
        if (row < row_count && compare_places(rows[row], wanted) == 0)
            *rows[row++] = *wanted;
        else
            session_add_struct(s, Dependency, wanted);
    }
    while (row < row_count)
        session_delete(s, rows[row++]);
}

/* Positions have no gaps: the lists can differ only at their ends. */
static void merge_provides(Session *s, Provide **rows, size_t row_count, const struct record *record)
{
    for (size_t i = 0; i < row_count || i < record->provide_count; i++) {
        if (i >= record->provide_count)
            session_delete(s, rows[i]);
        else if (i >= row_count)
            session_add_struct(s, Provide, &record->provides[i]);
        else
            *rows[i] = record->provides[i];
    }
}

static void assign_package(struct sync *sync, Package *package)
{
    Package wanted = sync->record.package;
    wanted.maintainer_id = package->maintainer_id;
    wanted.maintainer = package->maintainer;
    *package = wanted;
    sync_set_maintainer(sync, package);
}

/* The rows of one package, cut off the page. */
struct rows {
    Dependency **dependencies;
    size_t dependency_count;
    Provide **provides;
    size_t provide_count;
};

static bool belongs(const Package *package, const char *name, const char *architecture)
{
    return strcmp(package->name, name) == 0 && strcmp(package->architecture, architecture) == 0;
}

static struct rows rows_of(struct page *page, const Package *package)
{
    struct rows rows = {
        .dependencies = page->dependencies + page->next_dependency,
        .provides = page->provides + page->next_provide,
    };
    for (; page->next_dependency < page->dependency_count; page->next_dependency++, rows.dependency_count++) {
        const Dependency *dependency = page->dependencies[page->next_dependency];
        if (!belongs(package, dependency->package_name, dependency->package_architecture))
            break;
    }
    for (; page->next_provide < page->provide_count; page->next_provide++, rows.provide_count++) {
        const Provide *provide = page->provides[page->next_provide];
        if (!belongs(package, provide->package_name, provide->package_architecture))
            break;
    }
    return rows;
}

static void remove_package(Session *s, Package *package, const struct rows *rows)
{
    for (size_t i = 0; i < rows->dependency_count; i++)
        session_delete(s, rows->dependencies[i]);
    for (size_t i = 0; i < rows->provide_count; i++)
        session_delete(s, rows->provides[i]);
    session_delete(s, package);
}

static bool update_package(struct sync *sync, Package *package, const struct rows *rows)
{
    Session *s = sync->session;
    struct known_package *known = inventory_package(sync->inventory, package->name, package->architecture);
    if (!known) {
        remove_package(s, package, rows);
        return true;
    }
    if (known->fate == FATE_KEEP) {
        sync_keep_maintainer(sync, package->maintainer_id);
        return true;
    }
    if (!sync_read_record(sync, known))
        return false;
    struct record *record = &sync->record;
    if (record->dependency_count)
        qsort(record->dependencies, record->dependency_count, sizeof *record->dependencies, compare_places);
    assign_package(sync, package);
    merge_dependencies(s, rows->dependencies, rows->dependency_count, record);
    merge_provides(s, rows->provides, rows->provide_count, record);
    known->fate = FATE_DONE;
    report_progress(sync->report, ++sync->done, sync->inventory->package_count);
    return true;
}

static bool update_list(struct sync *sync, struct page *page, Package **packages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct rows rows = rows_of(page, packages[i]);
        if (!update_package(sync, packages[i], &rows))
            return false;
    }
    return true;
}

static bool update_page(struct sync *sync, struct page *page)
{
    report_table(sync->report, &Package_model)->found += page->package_count + page->other_count;
    report_table(sync->report, &Dependency_model)->found += page->dependency_count;
    report_table(sync->report, &Provide_model)->found += page->provide_count;
    return update_list(sync, page, page->packages, page->package_count) &&
           update_list(sync, page, page->others, page->other_count);
}

bool sync_update_packages(struct sync *sync)
{
    char after[NAME_LENGTH_MAX + 1] = ""; /* copied: the page goes away with its batch */
    struct page page;
    const char *last;
    while ((last = load_page(sync->session, after, &page))) {
        if (!SET_TEXT(after, last))
            return false;
        if (!update_page(sync, &page) || !sync_finish_batch(sync, false))
            return false;
    }
    return true;
}
