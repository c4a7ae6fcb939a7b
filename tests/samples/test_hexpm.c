/* The schema of a package registry that nobody here wrote, filled and worked on through models, and checked by plain SQL. */
#include "hexpm.h"
#include "psql.h"

#include "support/live.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { REPOSITORIES = 3, USERS = 60, PACKAGES = 120, RELEASES = 4, BACK = 5 };

static Database *db;
static Session *s;
static PgTimestamp now;

static void open_session(void)
{
    db = database_open(live_conninfo(), HEXPM_MODELS, NULL);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    ck_assert_int_eq(timestamp_from_text("2026-06-12 10:20:30.123456+00", &now), STATUS_OK);
    s = session_open(db);
}

static void close_session(void)
{
    session_close(s);
    database_close(db);
}

static void check_ok(void)
{
    ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)));
}

static void commit(void)
{
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
}

/* Nothing is written, and the session goes on. */
static void check_refused(Status status, const void *object, const char *field, const char *constraint)
{
    ck_assert_int_eq(session_commit(s), status);
    const Error *error = session_error(s);
    ck_assert_msg(error->object == object && error->outcome == OUTCOME_NOT_DONE, "%s", error_text(error));
    ck_assert_msg(!field == !error->field && (!field || strcmp(error->field, field) == 0), "%s", error_text(error));
    if (constraint)
        ck_assert_msg(strcmp(error->constraint, constraint) == 0, "%s", error_text(error));
    session_rollback(s);
    commit();
}

#define STAMPS .inserted_at = now, .updated_at = now

/* --- one commit that fills 15 tables --- */

struct registry {
    Organization *organizations[REPOSITORIES];
    Repository *repositories[REPOSITORIES];
    User *users[USERS];
    Package *packages[PACKAGES];
    OauthClient *client;
};

static void add_repositories(struct registry *r)
{
    for (int i = 0; i < REPOSITORIES; i++) {
        const char *name = session_text(s, "repository%d", i);
        r->organizations[i] =
            session_add(s, Organization, .name = name, .trial_end = now, .billing_seats = {i, i > 0}, STAMPS);
        r->repositories[i] = session_add(s, Repository, .name = name, .organization = r->organizations[i], STAMPS);
    }
}

static void add_user(struct registry *r, int i)
{
    static const Role roles[] = {ROLE_OWNER, ROLE_ADMIN, ROLE_WRITE, ROLE_READ};
    PgJson permissions[] = {{"{\"domain\": \"api\", \"resource\": \"read\"}"}, {"{\"domain\": \"docs\"}"}};
    User *user = session_add(s, User, .username = session_text(s, "User%d", i),
                             .full_name = i % 3 ? session_text(s, "Sörén %d", i) : NULL, STAMPS);
    r->users[i] = user;
    for (int k = 0; k < 1 + i % 3; k++)
        session_add(s, Mail, .user = user, .address = session_text(s, "user%d.%d@example.com", i, k),
                    .verified = k == 0, .is_primary = k == 0, .verification_key = k ? "0123abcd" : NULL, STAMPS);
    session_add(s, Member, .user = user, .organization = r->organizations[i % REPOSITORIES], .role = roles[i % 4],
                STAMPS);
    Key *key = session_add(s, Key, .user = user, .name = "laptop", .secret_first = session_text(s, "first%d", i),
                           .secret_second = session_text(s, "second%d", i),
                           .permissions = {.items = permissions, .count = (size_t)(i % 3)}, STAMPS);
    OauthToken *token =
        session_add(s, OauthToken, .user = user, .client = r->client, .jti = session_text(s, "jti%d", i),
                    .expires_at = now, .grant_type = "authorization_code", STAMPS);
    session_add(s, AuditLog, .user = user, .key = key, .token = token, .action = "key.generate",
                .params = {session_text(s, "{\"package\": {\"id\": %d}}", i)}, .inserted_at = now);
}

static void add_package(struct registry *r, int i)
{
    static const uint8_t checksum[] = {0xde, 0xad, 0xbe, 0xef, 0};
    Package *package = session_add(s, Package, .name = session_text(s, "package_%d", i),
                                   .meta = {"{\"licenses\": [\"Apache-2.0\"], \"extra\": {}}"},
                                   .repository = r->repositories[i % REPOSITORIES], STAMPS);
    r->packages[i] = package;
    session_add(s, Owner, .package = package, .user = r->users[i % USERS]);
    session_add(s, Owner, .package = package, .user = r->users[(i + 1) % USERS], .level = "maintainer");
    for (int k = 0; k < RELEASES; k++) {
        Release *release = session_add(s, Release, .package = package, .version = session_text(s, "1.%d.0", k),
                                       .meta = {"{\"app\": \"x\", \"build_tools\": [\"mix\"]}"},
                                       .publisher = k ? r->users[i % USERS] : NULL,
                                       .inner_checksum = {checksum, sizeof(checksum)}, STAMPS);
        for (int d = 1; d <= BACK && i - d >= 0; d += 2)
            session_add(s, Requirement, .release = release, .dependency = r->packages[i - d],
                        .app = session_text(s, "package_%d", i - d), .requirement = "~> 1.0", .optional = d == BACK);
        session_add(s, Download, .release = release, .package = package, .downloads = 10 * k + i, .day = {9659 + k});
    }
}

START_TEST(test_hexpm__filled)
{
    struct registry r;
    SessionStats before = session_stats(s);
    add_repositories(&r);
    r.client = session_add(s, OauthClient, .name = "mix", .type = "public",
                           .grant_types = {.items = (const char *[]){"device_code", "refresh_token"}, .count = 2},
                           .scopes = {.items = (const char *[]){"api"}, .count = 1}, STAMPS);
    for (int i = 0; i < USERS; i++)
        add_user(&r, i);
    for (int i = 0; i < PACKAGES; i++)
        add_package(&r, i);
    check_ok();
    commit();
    ck_assert_uint_eq(session_stats(s).round_trips - before.round_trips, 2);
    ck_assert_uint_eq(session_stats(s).inserted - before.inserted, session_stats(s).objects);
    live_check("3|60|120|60|60|240|480|480", "SELECT (SELECT count(*) FROM repositories JOIN organizations o"
                                             " ON o.id = organization_id), (SELECT count(*) FROM users),"
                                             " (SELECT count(*) FROM emails), (SELECT count(*) FROM keys),"
                                             " (SELECT count(*) FROM audit_logs JOIN keys k ON k.id = key_id"
                                             " JOIN oauth_tokens t ON t.id = oauth_token_id AND t.user_id = k.user_id),"
                                             " (SELECT count(*) FROM package_owners), (SELECT count(*) FROM releases),"
                                             " (SELECT count(*) FROM downloads d JOIN releases r"
                                             " ON r.id = d.release_id AND r.package_id = d.package_id)");
    live_check("", "SELECT * FROM requirements q JOIN packages p ON p.id = dependency_id"
                   " JOIN releases r ON r.id = release_id WHERE p.name <> q.app OR r.package_id <= dependency_id");
    /* What the server made has come back, and what it rounds. */
    User *user = r.users[0];
    ck_assert_str_eq(user->role, "basic");
    ck_assert(user->service.valid && !user->service.value);
    ck_assert_str_eq(live_sql("SELECT handles FROM users WHERE id = %d", (int)user->id), user->handles.text);
    live_check("60", "SELECT count(DISTINCT handles) FROM users");
    session_clear(s);
    OauthToken **tokens = query_all(session_query(s, OauthToken), OauthToken, NULL);
    check_ok();
    ck_assert_int_eq((int)(tokens[0]->expires_at.microseconds % 1000000), 0);
    ck_assert_str_eq(tokens[0]->type, "bearer");
    ck_assert(tokens[0]->scopes.items && tokens[0]->scopes.count == 0);
}
END_TEST

/* --- units of work on it --- */

static User *user_by_name(const char *name)
{
    User *user = session_find_by(s, User, username, name);
    check_ok();
    ck_assert_ptr_nonnull(user);
    return user;
}

static Package *package_by_name(const char *name)
{
    Query *query = session_query(s, Package);
    query_where(query, Package, name, "=", name);
    Package *package = query_one(query, Package);
    check_ok();
    ck_assert_ptr_nonnull(package);
    return package;
}

/* The server's comparison decides, whatever the case. */
START_TEST(test_hexpm__names_without_case)
{
    User *user = user_by_name("USER7");
    ck_assert_str_eq(user->username, "User7");
    ck_assert_ptr_eq(session_find_by(s, User, username, "user7"), user);
    User *twin = session_add(s, User, .username = "uSER8", STAMPS);
    check_refused(STATUS_UNIQUE, twin, "username", "users_username_idx");
    user->username = "user7"; /* of the same case-insensitive value */
    commit();
    live_check("user7", "SELECT username FROM users WHERE id = %d", (int)user->id);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    /* The name goes to another account of the same unit of work. */
    User *next = user_by_name("user9");
    next->username = "USER7";
    user->username = "retired";
    commit();
    live_check("retired|USER7", "SELECT string_agg(username::text, '|' ORDER BY id) FROM users WHERE id IN (%d, %d)",
               (int)user->id, (int)next->id);
    ReservedUsername *reserved = session_add(s, ReservedUsername, .name = "Admin", .inserted_at = now);
    commit();
    ck_assert_int_gt(reserved->id, 0);
    reserved = session_add(s, ReservedUsername, .name = "ADMIN", .inserted_at = now);
    check_refused(STATUS_UNIQUE, reserved, NULL, "reserved_usernames_name_idx");
}
END_TEST

/* At most one address is the primary one, by an index over an expression that the model can't know. */
START_TEST(test_hexpm__primary_address_moves)
{
    User *user = user_by_name("User2");
    session_load(s, user, mails);
    check_ok();
    ck_assert_uint_eq(user->mails.count, 3);
    Mail *first = user->mails.items[0], *second = user->mails.items[1];
    ck_assert(first->is_primary && first->id < second->id);
    first->is_primary = false;
    second->is_primary = true;
    commit();
    /* And back: nobody but the server knows that the second one has to let go first. */
    first->is_primary = true;
    second->is_primary = false;
    check_refused(STATUS_UNIQUE, first, "user_id", "emails_user_id_case_idx");
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    second->is_primary = false;
    ck_assert_int_eq(session_flush(s), STATUS_OK);
    first->is_primary = true;
    commit();
}
END_TEST

/* One is verified at most, by a partial index that the model has. */
START_TEST(test_hexpm__verified_address_changes_hands)
{
    User *from = user_by_name("User11"), *to = user_by_name("User12");
    session_load(s, from, mails);
    session_load(s, to, mails);
    Mail *mine = from->mails.items[0];
    Mail *theirs = session_add(s, Mail, .user = to, .address = mine->address, .verified = true, STAMPS);
    check_refused(STATUS_UNIQUE, theirs, "address", "emails_email_key");
    mine->verified = false;
    theirs = session_add(s, Mail, .user = to, .address = mine->address, .verified = true, STAMPS);
    commit();
    theirs->verified = false; /* and back, which the order of the keys forbids */
    mine->verified = true;
    commit();
    live_check("true|false",
               "SELECT string_agg(verified::text, '|' ORDER BY id) FROM emails WHERE email = 'user11.0@example.com'");
}
END_TEST

/* Of what refers to a user some is loaded, most is not. */
START_TEST(test_hexpm__user_goes)
{
    User *user = user_by_name("User20");
    int id = (int)user->id;
    Release *release =
        session_sql_one(s, Release, "SELECT * FROM releases WHERE publisher_id = %d ORDER BY id LIMIT 1", id);
    AuditLog *log = session_sql_one(s, AuditLog, "SELECT * FROM audit_logs WHERE user_id = %d", id);
    Key *key = session_find(s, Key, log->key_id.value);
    check_ok();
    session_delete(s, user);
    SessionStats before = session_stats(s);
    commit();
    ck_assert_uint_le(session_stats(s).round_trips - before.round_trips, 2);
    ck_assert(!release->publisher_id.valid && !log->user_id.valid && !log->key_id.valid);
    ck_assert(!session_contains(s, key));
    ck_assert(log->oauth_token_id.valid); /* that token was never loaded */
    ck_assert_int_eq(session_refresh(s, log), STATUS_OK);
    ck_assert(!log->oauth_token_id.valid);
    live_check(
        "0|0|0|0|0|1",
        "SELECT (SELECT count(*) FROM emails WHERE user_id = %d), (SELECT count(*) FROM keys WHERE"
        " user_id = %d), (SELECT count(*) FROM package_owners WHERE user_id = %d), (SELECT count(*) FROM oauth_tokens"
        " WHERE user_id = %d), (SELECT count(*) FROM releases WHERE publisher_id = %d), (SELECT count(*) FROM"
        " audit_logs WHERE id = %d)",
        id, id, id, id, id, (int)log->id);
    release->has_docs = true; /* it goes on being the row's object */
    log->remote_ip = "127.0.0.1";
    commit();
}
END_TEST

START_TEST(test_hexpm__restricted)
{
    Package *package = package_by_name("package_0");
    session_delete(s, package);
    check_refused(STATUS_FOREIGN_KEY, package, NULL, NULL);
    /* With its releases, which take their requirements and downloads along, but others still require it. */
    session_load(s, package, releases);
    for (size_t i = 0; i < package->releases.count; i++)
        session_delete(s, package->releases.items[i]);
    session_delete(s, package);
    check_refused(STATUS_FOREIGN_KEY, package, NULL, "requirements_dependency_id_fkey");
    Package *last = package_by_name("package_119");
    session_load(s, last, releases);
    for (size_t i = 0; i < last->releases.count; i++)
        session_delete(s, last->releases.items[i]);
    session_delete(s, last);
    commit();
    live_check("0|0",
               "SELECT (SELECT count(*) FROM packages WHERE name = 'package_119'), (SELECT count(*) FROM package_owners"
               " o WHERE NOT EXISTS (SELECT FROM packages p WHERE p.id = package_id))");
    Release *again = session_add(s, Release, .package = package_by_name("package_1"), .version = "1.1.0",
                                 .meta = {"{}"}, .inner_checksum = {"", 0}, STAMPS);
    check_refused(STATUS_UNIQUE, again, "package_id", "releases_package_id_version_key");
    OauthToken *token = session_add(s, OauthToken, .jti = "nobody", .expires_at = now, .grant_type = "x",
                                    .client = query_one(session_query(s, OauthClient), OauthClient), STAMPS);
    check_refused(STATUS_CHECK, token, NULL, "user_or_organization_required");
}
END_TEST

/* A key of text, with a table of links and rows of its own, gets another value. */
START_TEST(test_hexpm__advisory_is_renamed)
{
    Package *a = package_by_name("package_30"), *b = package_by_name("package_31");
    Advisory *advisory = session_add(s, Advisory, .id = "GHSA-0001", .summary = "Über-read", .published_at = now,
                                     .modified_at = now, .score = {7.5, true});
    session_link(s, advisory, packages, a);
    session_link(s, advisory, packages, b);
    session_add(s, Reference, .advisory = advisory, .type = "WEB", .url = "https://example.com");
    session_add(s, Reference, .advisory = advisory, .type = "FIX", .url = "https://example.com/fix");
    check_ok();
    commit();
    live_check("2|2", "SELECT (SELECT count(*) FROM security_advisory_affected_packages), (SELECT count(*)"
                      " FROM security_advisory_references WHERE advisory_id = 'GHSA-0001')");
    session_clear(s);
    advisory = session_find(s, Advisory, "GHSA-0001");
    advisory->id = "CVE-2026-1";
    advisory->modified_at.microseconds += 1000000;
    session_load(s, advisory, references);
    session_unlink(s, advisory, packages, package_by_name("package_30"));
    commit();
    ck_assert_ptr_eq(session_find(s, Advisory, "CVE-2026-1"), advisory);
    ck_assert_str_eq(advisory->references.items[0]->advisory_id, "CVE-2026-1");
    live_check(
        "1|2|package_31",
        "SELECT (SELECT count(*) FROM security_advisories), (SELECT count(*)"
        " FROM security_advisory_references WHERE advisory_id = 'CVE-2026-1'), (SELECT string_agg(name, ',') FROM"
        " security_advisory_affected_packages JOIN packages p ON p.id = package_id WHERE advisory_id = 'CVE-2026-1')");
    session_delete(s, advisory);
    commit();
    live_check("0", "SELECT count(*) FROM security_advisory_references");
}
END_TEST

/* Rows of a materialized view, and JSON in conditions. */
START_TEST(test_hexpm__read)
{
    size_t count;
    live_sql("REFRESH MATERIALIZED VIEW package_downloads");
    PackageDownloads **all = session_sql(s, PackageDownloads, &count,
                                         "SELECT package_id, view, downloads FROM package_downloads"
                                         " WHERE view = %s ORDER BY downloads DESC NULLS LAST LIMIT 5",
                                         "all");
    check_ok();
    ck_assert_uint_eq(count, 5);
    ck_assert(!all[0]->package_id.valid && all[1]->package_id.valid);
    ck_assert_int_eq((int)all[0]->downloads.value, atoi(live_sql("SELECT sum(downloads) FROM downloads")));
    Query *query = session_query(s, Key);
    query_with(query, Key, user);
    query_order_by(query, Key, id, ORDER_ASC);
    Key **keys = query_all(query, Key, &count);
    check_ok();
    ck_assert_uint_eq(keys[2]->permissions.count, 2);
    ck_assert_ptr_nonnull(keys[2]->user);
    keys[2]->permissions.items[0].text = "{\"domain\": \"package\"}"; /* in place */
    commit();
    live_check("package", "SELECT permissions[1]->>'domain' FROM keys WHERE id = %d", (int)keys[2]->id);
    /* Spelled otherwise, it is the same value. */
    keys[2]->permissions.items[0].text = "{ \"domain\" : \"package\" }";
    ck_assert(!session_is_dirty(s, keys[2]));
}
END_TEST

static Suite *hexpm_suite(void)
{
    Suite *suite = suite_create("hexpm");
    TCase *tcase = tcase_create("hexpm");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, open_session, close_session);
    tcase_add_test(tcase, test_hexpm__filled);
    tcase_add_test(tcase, test_hexpm__names_without_case);
    tcase_add_test(tcase, test_hexpm__primary_address_moves);
    tcase_add_test(tcase, test_hexpm__verified_address_changes_hands);
    tcase_add_test(tcase, test_hexpm__user_goes);
    tcase_add_test(tcase, test_hexpm__restricted);
    tcase_add_test(tcase, test_hexpm__advisory_is_renamed);
    tcase_add_test(tcase, test_hexpm__read);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    static const char *const files[] = {"schemas/hexpm/structure.sql", NULL};
    return psql_main(files, hexpm_suite);
}
