/* Models over the tables of Hex, a package registry (https://github.com/hexpm/hexpm): sequences whose names follow no column,
 * citext, jsonb with a default that makes a uuid, arrays of varchar and of jsonb, times without time zone and without
 * fractions, bytea, uuid and text keys, unique indexes that are partial or over expressions, a materialized view. */
#ifndef SAMPLES_HEXPM_H
#define SAMPLES_HEXPM_H

#include <howdah/howdah.h>

typedef struct Advisory Advisory;
typedef struct AffectedPackage AffectedPackage;
typedef struct AuditLog AuditLog;
typedef struct Download Download;
typedef struct Key Key;
typedef struct Mail Mail;
typedef struct Member Member;
typedef struct OauthClient OauthClient;
typedef struct OauthToken OauthToken;
typedef struct Organization Organization;
typedef struct Owner Owner;
typedef struct Package Package;
typedef struct PackageDownloads PackageDownloads;
typedef struct Reference Reference;
typedef struct Release Release;
typedef struct Repository Repository;
typedef struct Requirement Requirement;
typedef struct ReservedUsername ReservedUsername;
typedef struct User User;

typedef enum { ROLE_OWNER, ROLE_ADMIN, ROLE_WRITE, ROLE_READ } Role;

struct Organization {
    int64_t id;
    const char *name;
    bool billing_active;
    PgTimestamp trial_end;
    NullBool billing_override;
    NullInt32 billing_seats;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    Repository *repository;
    User *user;
    MANY(Member) members;
};

struct Repository {
    int64_t id;
    const char *name;
    NullInt64 organization_id;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    Organization *organization;
    MANY(Package) packages;
};

struct User {
    int64_t id;
    const char *username;
    const char *password;
    const char *full_name;
    PgJson handles;
    NullBool service;
    NullInt64 organization_id;
    NullTimestamp deactivated_at;
    PgJson tfa;
    const char *role;
    PgJson optional_emails;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    Organization *organization;
    MANY(Mail) mails;
    MANY(Owner) owned;
    MANY(Key) keys;
    MANY(AuditLog) logs;
};

struct Mail {
    int64_t id;
    const char *address;
    bool verified;
    bool is_primary;
    bool is_public;
    bool gravatar;
    const char *verification_key;
    NullTimestamp verification_expiry;
    int64_t user_id;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    User *user;
};

struct Member {
    int64_t id;
    Role role;
    int64_t organization_id;
    int64_t user_id;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    Organization *organization;
    User *user;
};

struct Key {
    int64_t id;
    NullInt64 user_id;
    NullInt64 organization_id;
    const char *name;
    const char *secret_first;
    const char *secret_second;
    JsonArray permissions;
    PgJson last_use;
    NullBool is_public;
    NullTimestamp revoke_at;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    User *user;
    Organization *organization;
};

struct Package {
    int64_t id;
    const char *name;
    PgJson meta;
    NullTimestamp docs_updated_at;
    int64_t repository_id;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    Repository *repository;
    MANY(Release) releases;
    MANY(Owner) owners;
    MANY(Download) downloads;
    MANY(Requirement) dependants;
    MANY(Advisory) advisories;
};

struct Owner {
    int64_t id;
    int64_t package_id;
    int64_t user_id;
    const char *level;
    NullTimestamp inserted_at;
    NullTimestamp updated_at;
    Package *package;
    User *user;
};

struct Release {
    int64_t id;
    int64_t package_id;
    const char *version;
    bool has_docs;
    PgJson meta;
    PgJson retirement;
    NullInt64 publisher_id;
    PgBytes inner_checksum;
    PgBytes outer_checksum;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    Package *package;
    User *publisher;
    MANY(Requirement) requirements;
    MANY(Download) downloads;
};

struct Requirement {
    int64_t id;
    int64_t release_id;
    int64_t dependency_id;
    const char *requirement;
    bool optional;
    const char *app;
    Release *release;
    Package *dependency;
};

struct Download {
    int64_t id;
    int64_t release_id;
    int64_t package_id;
    int32_t downloads;
    PgDate day;
    Release *release;
    Package *package;
};

/* A materialized view. */
struct PackageDownloads {
    NullInt64 package_id;
    const char *view;
    NullInt64 downloads;
};

struct OauthClient {
    PgUuid id;
    const char *secret;
    const char *name;
    const char *type;
    TextArray grant_types;
    TextArray redirect_uris;
    TextArray scopes;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    MANY(OauthToken) tokens;
};

struct OauthToken {
    int64_t id;
    const char *jti;
    const char *refresh_jti;
    const char *type;
    NullTimestamp refresh_expires_at;
    TextArray scopes;
    PgTimestamp expires_at;
    NullTimestamp revoked_at;
    NullInt64 user_id;
    NullInt64 organization_id;
    PgUuid client_id;
    const char *grant_type;
    const char *grant_reference;
    const char *refresh_hash;
    PgTimestamp inserted_at;
    PgTimestamp updated_at;
    User *user;
    Organization *organization;
    OauthClient *client;
};

struct AuditLog {
    int64_t id;
    NullInt64 user_id;
    NullInt64 organization_id;
    NullInt64 key_id;
    NullInt64 oauth_token_id;
    const char *action;
    PgJson params;
    const char *user_agent;
    const char *remote_ip;
    PgJson user_data;
    PgTimestamp inserted_at;
    User *user;
    Organization *organization;
    Key *key;
    OauthToken *token;
};

struct ReservedUsername {
    int64_t id;
    const char *name;
    PgTimestamp inserted_at;
};

struct Advisory {
    const char *id;
    const char *summary;
    TextArray aliases;
    PgTimestamp published_at;
    PgTimestamp modified_at;
    NullTimestamp withdrawn_at;
    NullDouble score;
    MANY(Package) packages;
    MANY(Reference) references;
};

struct Reference {
    int64_t id;
    const char *advisory_id;
    const char *type;
    const char *url;
    Advisory *advisory;
};

extern const Model Advisory_model, AuditLog_model, Download_model, Key_model, Mail_model, Member_model,
    OauthClient_model, OauthToken_model, Organization_model, Owner_model, Package_model, PackageDownloads_model,
    Reference_model, Release_model, Repository_model, Requirement_model, ReservedUsername_model, User_model;

#define HEXPM_MODELS \
    MODELS(Advisory, AuditLog, Download, Key, Mail, Member, OauthClient, OauthToken, Organization, Owner, Package, \
           PackageDownloads, Reference, Release, Repository, Requirement, ReservedUsername, User)

#endif
