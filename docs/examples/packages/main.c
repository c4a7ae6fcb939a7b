/* Keeps a PostgreSQL database in step with the packages of a Debian machine: see README.md. */
#include <getopt.h>
#include <stdlib.h>

#include "console.h"
#include "input.h"
#include "inventory.h"
#include "models.h"
#include "report.h"
#include "sync.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_SKIPPED = 3 };

struct options {
    const char *conninfo;
    const char *schema;
    const char *file; /* NULL: what this machine has */
    bool index;
    bool drop;
    bool plan;
    bool quiet;
    bool help;
};

static const char usage[] =
    "Usage: packages [OPTION]... [FILE]\n"
    "Brings a PostgreSQL database in step with dpkg's status file, or with FILE (- is standard input).\n"
    "\n"
    "  --index              the whole package index: what apt-cache dumpavail prints, or FILE;\n"
    "                       committed in batches\n"
    "  --conninfo CONNINFO  the database; default: $HOWDAH_CONNINFO, or as psql would connect\n"
    "  --schema NAME        where the tables are; default: packages\n"
    "  --drop               drop the tables and make them anew\n"
    "  --plan               print what each commit runs, before it runs\n"
    "  --quiet              print problems only\n"
    "  --help\n"
    "\n"
    "Exits with 0, 1 (failed: nothing more was written; or this output could not be), 2 (usage), or 3 (some\n"
    "records were skipped).\n";

static bool read_options(int argc, char **argv, struct options *ret)
{
    static const struct option names[] = {
        {"index", no_argument, NULL, 'i'}, {"conninfo", required_argument, NULL, 'c'},
        {"drop", no_argument, NULL, 'd'},  {"schema", required_argument, NULL, 's'},
        {"plan", no_argument, NULL, 'p'},  {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},  {NULL, 0, NULL, 0},
    };
    *ret = (struct options){.conninfo = getenv("HOWDAH_CONNINFO"), .schema = "packages"};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (option) {
        case 'i': ret->index = true; break;
        case 'c': ret->conninfo = optarg; break;
        case 'd': ret->drop = true; break;
        case 's': ret->schema = optarg; break;
        case 'p': ret->plan = true; break;
        case 'q': ret->quiet = true; break;
        case 'h': ret->help = true; break;
        default: return false;
        }
    }
    if (optind < argc)
        ret->file = argv[optind++];
    else if (!ret->index)
        ret->file = "/var/lib/dpkg/status";
    return optind == argc;
}

static bool sync_database(Database *db, const struct options *options, struct parser *parser,
                          struct inventory *inventory, struct report *report)
{
    if (options->drop)
        database_drop_tables(db);
    database_create_tables(db);
    if (database_error(db)) { /* the first error of open, drop and create */
        report_error(report, database_error(db));
        return false;
    }
    struct sync sync = {
        .session = session_open(db),
        .parser = parser,
        .inventory = inventory,
        .report = report,
        .commit_batches = options->index,
    };
    bool done = sync_run(&sync);
    if (done)
        report_summary(report, inventory, session_stats(sync.session));
    session_close(sync.session);
    sync_done(&sync);
    return done;
}

/* The whole input is read before the database is touched. */
static int run(const struct options *options, FILE *input, struct report *report)
{
    struct problem why = {0};
    struct inventory inventory = {0};
    struct parser parser;
    parser_init(&parser, input);
    bool done = false;
    if (inventory_read(&inventory, &parser, report_skipped, report, &why)) {
        report_input_read(report);
        Database *db = database_open(options->conninfo, MODELS(Maintainer, Package, Dependency, Provide),
                                     DATABASE_OPTIONS(.schema = options->schema));
        done = sync_database(db, options, &parser, &inventory, report);
        database_close(db);
    } else {
        report_refused(report, &why);
    }
    int status = !done ? EXIT_FAILED : inventory.skipped > 0 ? EXIT_SKIPPED : EXIT_OK;
    inventory_done(&inventory);
    parser_done(&parser);
    return status;
}

static int run_input(const struct options *options)
{
    struct report report =
        report_begin(options->file ? options->file : "apt-cache dumpavail", options->quiet, options->plan);
    struct problem why = {0};
    FILE *input = options->file ? input_open_file(options->file, &why) : input_open_index(&why);
    if (!input) {
        report_refused(&report, &why);
        return EXIT_FAILED;
    }
    int status = run(options, input, &report);
    fclose(input);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    if (!console_open())
        return EXIT_FAILED;
    if (!read_options(argc, argv, &options)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    int status = EXIT_OK;
    if (options.help)
        fputs(usage, stdout);
    else
        status = run_input(&options);
    return console_flush("packages") ? status : EXIT_FAILED;
}
