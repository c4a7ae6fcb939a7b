/* Answers what people ask of packages, from the tables that `packages` keeps; and shows the statement behind each
 * answer.
 *
 * Most of it is SQL as it is: recursion is nothing that a builder could say better. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "models.h"

/* For the rows of one question each: no tables. */
typedef struct Share {
    const char *name;
    const char *email;
    int64_t packages;
} Share;

typedef struct Cycle {
    TextArray way; /* from a package back to itself */
} Cycle;

MODEL(Share, NULL, COLUMN(Share, name), COLUMN(Share, email), COLUMN(Share, packages));
MODEL(Cycle, NULL, COLUMN(Cycle, way));

static void print_packages(Package **packages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s:%s - %s\n", packages[i]->name, packages[i]->architecture,
               packages[i]->summary ? packages[i]->summary : "");
    printf("%zu\n", count);
}

/* --- the questions --- */

/* What needs the package, directly or through others? Kinds are in the order of their enum: what is stronger comes
 * first. An alternative ("a | b") counts, although b might do. */
static void ask_needed_by(Session *s, const char *name)
{
    size_t count;
    Package **packages = session_sql(
        s, Package, &count,
        "WITH RECURSIVE needed (name) AS ("
        "SELECT %s::text UNION "
        "SELECT d.package_name FROM needed n JOIN dependencies d ON d.target = n.name WHERE d.kind <= 'Depends') "
        "SELECT p.* FROM packages p JOIN needed USING (name) WHERE p.name <> %s ORDER BY p.name, p.architecture",
        name, name);
    print_packages(packages, count);
}

/* What would nobody need any more if the package were removed? */
static void ask_orphans(Session *s, const char *name)
{
    size_t count;
    Package **packages = session_sql(
        s, Package, &count,
        "WITH needs AS (SELECT package_name, target FROM dependencies WHERE kind <= 'Depends'), "
        "names AS (SELECT name, name AS answers FROM packages UNION SELECT package_name, name FROM provides) "
        "SELECT p.* FROM packages p WHERE NOT p.essential AND p.name <> %s "
        "AND EXISTS (SELECT FROM names a JOIN needs n ON n.target = a.answers WHERE a.name = p.name AND n.package_name = %s) "
        "AND NOT EXISTS (SELECT FROM names a JOIN needs n ON n.target = a.answers "
        "WHERE a.name = p.name AND n.package_name NOT IN (%s, p.name)) ORDER BY p.name, p.architecture",
        name, name, name);
    print_packages(packages, count);
}

/* Which packages need each other in a ring of at most so many? Each ring is told from its first name on. */
static void ask_cycles(Session *s, const char *most)
{
    size_t count;
    Cycle **cycles = session_sql(
        s, Cycle, &count,
        "WITH RECURSIVE needs AS (SELECT DISTINCT package_name, target FROM dependencies WHERE kind <= 'Depends'), "
        "path (start, target, way) AS ("
        "SELECT package_name, target, ARRAY[package_name, target] FROM needs WHERE target >= package_name UNION ALL "
        "SELECT p.start, n.target, p.way || n.target FROM path p JOIN needs n ON n.package_name = p.target "
        "WHERE p.target <> p.start AND n.target >= p.start AND cardinality(p.way) <= %d "
        "AND (n.target = p.start OR n.target <> ALL (p.way))) "
        "SELECT way FROM path WHERE target = start ORDER BY cardinality(way), way",
        atoi(most));
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < cycles[i]->way.count; n++)
            printf("%s%s", cycles[i]->way.items[n], n + 1 < cycles[i]->way.count ? " -> " : "\n");
    printf("%zu\n", count);
}

/* Who maintains most? */
static void ask_maintainers(Session *s, const char *most)
{
    size_t count;
    Share **shares = session_sql(
        s, Share, &count,
        "SELECT m.name, m.email, count(*) AS packages FROM maintainers m JOIN packages p ON p.maintainer_id = m.id "
        "GROUP BY m.id ORDER BY packages DESC, m.email LIMIT %d",
        atoi(most));
    for (size_t i = 0; i < count; i++)
        printf("%" PRId64 " %s <%s>\n", shares[i]->packages, shares[i]->name, shares[i]->email);
}

/* What is about these words? A query of the builder, with one condition that is SQL. */
static void ask_search(Session *s, const char *words)
{
    size_t count;
    Query *q = session_query(s, Package);
    query_where_sql(q,
                    "to_tsvector('english', concat_ws(' ', name, summary, description)) "
                    "@@ websearch_to_tsquery('english', %s)",
                    words);
    query_order_by(q, Package, name, ORDER_ASC);
    query_limit(q, 20);
    Package **packages = query_all(q, Package, &count);
    print_packages(packages, count);
}

static const struct question {
    const char *name;
    const char *about;
    void (*ask)(Session *s, const char *argument);
} questions[] = {
    {"needed-by", "PACKAGE: what needs it, directly or through others", ask_needed_by},
    {"orphans", "PACKAGE: what nobody would need without it", ask_orphans},
    {"cycles", "NUMBER: rings of dependencies, of at most so many packages", ask_cycles},
    {"maintainers", "NUMBER: who maintains most", ask_maintainers},
    {"search", "WORDS: packages whose descriptions are about them", ask_search},
};

/* --- around them --- */

/* Every statement passes here; those of the frame are of no interest. */
static void show(void *arg, const Statement *statement)
{
    (void)arg;
    if (statement->parameters > 0 && !strstr(statement->sql, "set_config"))
        printf("%s\n\n", statement->sql);
}

/* Our own SQL names no schema: the server's search_path does, for this transaction. */
static int ask(const struct question *question, const char *argument, const char *conninfo, const char *schema)
{
    Database *db = database_open(conninfo, MODELS(Maintainer, Package, Dependency, Provide),
                                 DATABASE_OPTIONS(.schema = schema, .on_statement = show));
    Session *s = session_open(db);
    session_begin(s, BEGIN_OPTIONS(.read_only = true, .isolation = ISOLATION_REPEATABLE_READ));
    session_execute(s, NULL, "SELECT set_config('search_path', quote_ident(%s), true)", schema);
    question->ask(s, argument);
    int status = session_error(s) != NULL;
    if (status)
        fprintf(stderr, "questions: %s\n", error_text(session_error(s)));
    session_close(s);
    database_close(db);
    return console_flush("questions") ? status : 1;
}

static int usage(void)
{
    fputs("Usage: questions [--conninfo CONNINFO] [--schema NAME] QUESTION ARGUMENT\n", stderr);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        fprintf(stderr, "  %-12s %s\n", questions[i].name, questions[i].about);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"conninfo", required_argument, NULL, 'c'}, {"schema", required_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
    const char *conninfo = getenv("HOWDAH_CONNINFO"), *schema = "packages";
    int option;
    if (!console_open())
        return 1;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (option) {
        case 'c': conninfo = optarg; break;
        case 's': schema = optarg; break;
        default: return usage();
        }
    }
    if (argc - optind != 2)
        return usage();
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (strcmp(argv[optind], questions[i].name) == 0)
            return ask(&questions[i], argv[optind + 1], conninfo, schema);
    return usage();
}
