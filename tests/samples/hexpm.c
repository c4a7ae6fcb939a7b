#include "hexpm.h"

#define KEY(T)     COLUMN(T, id, .primary_key = true, .generated = GENERATED_IDENTITY)
#define LOCAL      .sql_type = "timestamp"
#define SECONDS    .sql_type = "timestamp(0)"
#define NAME       .sql_type = "varchar(255)"
#define NULL_NAME  NAME, .nullable = true
#define STAMPED(T) COLUMN(T, inserted_at, LOCAL), COLUMN(T, updated_at, LOCAL)

/* clang-format off */
static ENUM(Role, "repository_user_role",
    LABEL(ROLE_OWNER, "owner"), LABEL(ROLE_ADMIN, "admin"), LABEL(ROLE_WRITE, "write"), LABEL(ROLE_READ, "read"));

MODEL(Organization, "organizations",
    KEY(Organization),
    COLUMN(Organization, name,             NAME),
    COLUMN(Organization, billing_active),
    COLUMN(Organization, trial_end,        LOCAL),
    COLUMN(Organization, billing_override),
    COLUMN(Organization, billing_seats),
    STAMPED(Organization),
    UNIQUE(Organization, "organizations_name_index", name),
    HAS_ONE(Organization, repository, Repository, organization_id),
    HAS_ONE(Organization, user, User, organization_id),
    HAS_MANY(Organization, members, Member, organization_id));

MODEL(Repository, "repositories",
    KEY(Repository),
    COLUMN(Repository, name,            NAME),
    COLUMN(Repository, organization_id, .references = &Organization_model),
    STAMPED(Repository),
    UNIQUE(Repository, "repositories_name_index", name),
    UNIQUE(Repository, "repositories_organization_id_index", organization_id),
    BELONGS_TO(Repository, organization, Organization, organization_id),
    HAS_MANY(Repository, packages, Package, repository_id));

MODEL(User, "users",
    KEY(User),
    COLUMN(User, username,        .sql_type = "citext"),
    COLUMN(User, password,        .nullable = true),
    COLUMN(User, full_name,       .nullable = true),
    COLUMN(User, handles,         .nullable = true,
           .server_default = "json_build_object('id', uuid_generate_v4()::text)::jsonb"),
    COLUMN(User, service,         .server_default = "false"),
    COLUMN(User, organization_id, .references = &Organization_model),
    COLUMN(User, deactivated_at,  SECONDS),
    COLUMN(User, tfa,             .nullable = true),
    COLUMN(User, role,            NULL_NAME, .server_default = "'basic'"),
    COLUMN(User, optional_emails, .nullable = true),
    STAMPED(User),
    UNIQUE(User, "users_username_idx", username),
    UNIQUE(User, "users_organization_id_index", organization_id),
    BELONGS_TO(User, organization, Organization, organization_id),
    HAS_MANY_WITH((.order_by = "email"), User, mails, Mail, user_id),
    HAS_MANY(User, owned, Owner, user_id),
    HAS_MANY(User, keys, Key, user_id),
    HAS_MANY(User, logs, AuditLog, user_id));

/* Two more unique indexes are over expressions, which a model can't name: at most one address of a user is the primary one. */
MODEL(Mail, "emails",
    KEY(Mail),
    COLUMN(Mail, address,             .column = "email", NAME),
    COLUMN(Mail, verified),
    COLUMN(Mail, is_primary,          .column = "primary"),
    COLUMN(Mail, is_public,           .column = "public"),
    COLUMN(Mail, gravatar),
    COLUMN(Mail, verification_key,    NULL_NAME),
    COLUMN(Mail, verification_expiry, LOCAL),
    COLUMN(Mail, user_id,             .references = &User_model, .on_delete = ON_DELETE_CASCADE),
    STAMPED(Mail),
    UNIQUE_WITH((.where = "verified = true"), Mail, "emails_email_key", address),
    UNIQUE(Mail, "emails_email_user_key", address, user_id),
    BELONGS_TO(Mail, user, User, user_id));

MODEL(Member, "organization_users",
    KEY(Member),
    COLUMN_ENUM(Member, role, Role),
    COLUMN(Member, organization_id, .references = &Organization_model),
    COLUMN(Member, user_id,         .references = &User_model, .on_delete = ON_DELETE_CASCADE),
    STAMPED(Member),
    UNIQUE(Member, "organization_users_organization_id_user_id_index", organization_id, user_id),
    BELONGS_TO(Member, organization, Organization, organization_id),
    BELONGS_TO(Member, user, User, user_id));

MODEL(Key, "keys",
    KEY(Key),
    COLUMN(Key, user_id,         .references = &User_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Key, organization_id, .references = &Organization_model),
    COLUMN(Key, name,            .nullable = true),
    COLUMN(Key, secret_first,    .unique = true),
    COLUMN(Key, secret_second),
    COLUMN(Key, permissions),
    COLUMN(Key, last_use,        .nullable = true),
    COLUMN(Key, is_public,       .column = "public", .not_null = true, .server_default = "true"),
    COLUMN(Key, revoke_at,       LOCAL),
    STAMPED(Key),
    BELONGS_TO(Key, user, User, user_id),
    BELONGS_TO(Key, organization, Organization, organization_id));

MODEL(Package, "packages",
    KEY(Package),
    COLUMN(Package, name,            NAME),
    COLUMN(Package, meta),
    COLUMN(Package, docs_updated_at, LOCAL),
    COLUMN(Package, repository_id,   .references = &Repository_model),
    STAMPED(Package),
    UNIQUE(Package, "packages_repository_id_name_text_pattern_ops_index", repository_id, name),
    BELONGS_TO(Package, repository, Repository, repository_id),
    HAS_MANY_WITH((.order_by = "version"), Package, releases, Release, package_id),
    HAS_MANY(Package, owners, Owner, package_id),
    HAS_MANY(Package, downloads, Download, package_id),
    HAS_MANY(Package, dependants, Requirement, dependency_id),
    MANY_TO_MANY(Package, advisories, Advisory, "security_advisory_affected_packages", "package_id", "advisory_id"));

MODEL(Owner, "package_owners",
    KEY(Owner),
    COLUMN(Owner, package_id, .references = &Package_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Owner, user_id,    .references = &User_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Owner, level,      NAME, .server_default = "'full'"),
    COLUMN(Owner, inserted_at, LOCAL),
    COLUMN(Owner, updated_at,  LOCAL),
    UNIQUE(Owner, "package_owners_unique", package_id, user_id),
    BELONGS_TO(Owner, package, Package, package_id),
    BELONGS_TO(Owner, user, User, user_id));

MODEL(Release, "releases",
    KEY(Release),
    COLUMN(Release, package_id,     .references = &Package_model, .on_delete = ON_DELETE_RESTRICT),
    COLUMN(Release, version),
    COLUMN(Release, has_docs),
    COLUMN(Release, meta),
    COLUMN(Release, retirement,     .nullable = true),
    COLUMN(Release, publisher_id,   .references = &User_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Release, inner_checksum),
    COLUMN(Release, outer_checksum, .nullable = true),
    STAMPED(Release),
    UNIQUE(Release, NULL, package_id, version),
    BELONGS_TO(Release, package, Package, package_id),
    BELONGS_TO(Release, publisher, User, publisher_id),
    HAS_MANY_WITH((.order_by = "app"), Release, requirements, Requirement, release_id),
    HAS_MANY(Release, downloads, Download, release_id));

MODEL(Requirement, "requirements",
    KEY(Requirement),
    COLUMN(Requirement, release_id,    .references = &Release_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Requirement, dependency_id, .references = &Package_model, .on_delete = ON_DELETE_RESTRICT),
    COLUMN(Requirement, requirement),
    COLUMN(Requirement, optional),
    COLUMN(Requirement, app),
    BELONGS_TO(Requirement, release, Release, release_id),
    BELONGS_TO(Requirement, dependency, Package, dependency_id));

MODEL(Download, "downloads",
    KEY(Download),
    COLUMN(Download, release_id, .references = &Release_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Download, package_id, .references = &Package_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Download, downloads),
    COLUMN(Download, day),
    BELONGS_TO(Download, release, Release, release_id),
    BELONGS_TO(Download, package, Package, package_id));

MODEL(PackageDownloads, NULL,
    COLUMN(PackageDownloads, package_id),
    COLUMN(PackageDownloads, view),
    COLUMN(PackageDownloads, downloads));

MODEL(OauthClient, "oauth_clients",
    COLUMN(OauthClient, id,            .column = "client_id", .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(OauthClient, secret,        .column = "client_secret", NULL_NAME),
    COLUMN(OauthClient, name,          NAME),
    COLUMN(OauthClient, type,          .column = "client_type", NAME),
    COLUMN(OauthClient, grant_types,   .column = "allowed_grant_types", .sql_type = "varchar(255)[]"),
    COLUMN(OauthClient, redirect_uris, .sql_type = "varchar(255)[]", .nullable = true),
    COLUMN(OauthClient, scopes,        .column = "allowed_scopes", .sql_type = "varchar(255)[]"),
    STAMPED(OauthClient),
    HAS_MANY(OauthClient, tokens, OauthToken, client_id));

MODEL(OauthToken, "oauth_tokens",
    KEY(OauthToken),
    COLUMN(OauthToken, jti),
    COLUMN(OauthToken, refresh_jti,        .nullable = true),
    COLUMN(OauthToken, type,               .column = "token_type", NAME, .server_default = "'bearer'"),
    COLUMN(OauthToken, refresh_expires_at, .column = "refresh_token_expires_at", SECONDS),
    COLUMN(OauthToken, scopes,             .sql_type = "varchar(255)[]", .server_default = "ARRAY[]::varchar[]"),
    COLUMN(OauthToken, expires_at,         SECONDS),
    COLUMN(OauthToken, revoked_at,         SECONDS),
    COLUMN(OauthToken, user_id,            .references = &User_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(OauthToken, organization_id,    .references = &Organization_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(OauthToken, client_id,          .references = &OauthClient_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(OauthToken, grant_type,         NAME),
    COLUMN(OauthToken, grant_reference,    .nullable = true),
    COLUMN(OauthToken, refresh_hash,       .column = "refresh_token_hash", .nullable = true),
    STAMPED(OauthToken),
    UNIQUE(OauthToken, "oauth_tokens_jti_index", jti),
    UNIQUE(OauthToken, "oauth_tokens_refresh_jti_index", refresh_jti),
    UNIQUE_WITH((.where = "refresh_token_hash IS NOT NULL"), OauthToken, "oauth_tokens_refresh_token_hash_index",
                refresh_hash),
    UNIQUE_WITH((.where = "grant_type = 'urn:ietf:params:oauth:grant-type:device_code' AND revoked_at IS NULL"), OauthToken,
                "oauth_tokens_device_code_grant_reference_client_id_index", grant_reference, client_id),
    CHECK("user_or_organization_required", "user_id IS NOT NULL OR organization_id IS NOT NULL"),
    BELONGS_TO(OauthToken, user, User, user_id),
    BELONGS_TO(OauthToken, organization, Organization, organization_id),
    BELONGS_TO(OauthToken, client, OauthClient, client_id));

MODEL(AuditLog, "audit_logs",
    KEY(AuditLog),
    COLUMN(AuditLog, user_id,         .references = &User_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(AuditLog, organization_id, .references = &Organization_model),
    COLUMN(AuditLog, key_id,          .references = &Key_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(AuditLog, oauth_token_id,  .references = &OauthToken_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(AuditLog, action,          NAME),
    COLUMN(AuditLog, params),
    COLUMN(AuditLog, user_agent,      NULL_NAME),
    COLUMN(AuditLog, remote_ip,       NULL_NAME),
    COLUMN(AuditLog, user_data,       .nullable = true),
    COLUMN(AuditLog, inserted_at,     LOCAL),
    BELONGS_TO(AuditLog, user, User, user_id),
    BELONGS_TO(AuditLog, organization, Organization, organization_id),
    BELONGS_TO(AuditLog, key, Key, key_id),
    BELONGS_TO(AuditLog, token, OauthToken, oauth_token_id));

/* Its unique index is over lower(name). */
MODEL(ReservedUsername, "reserved_usernames",
    KEY(ReservedUsername),
    COLUMN(ReservedUsername, name,        NAME),
    COLUMN(ReservedUsername, inserted_at, LOCAL));

MODEL(Advisory, "security_advisories",
    COLUMN(Advisory, id,           NAME, .primary_key = true),
    COLUMN(Advisory, summary,      NAME),
    COLUMN(Advisory, aliases,      .sql_type = "varchar(255)[]", .server_default = "ARRAY[]::varchar[]"),
    COLUMN(Advisory, published_at, SECONDS),
    COLUMN(Advisory, modified_at,  SECONDS),
    COLUMN(Advisory, withdrawn_at, SECONDS),
    COLUMN(Advisory, score,        .column = "cvss_score"),
    MANY_TO_MANY(Advisory, packages, Package, "security_advisory_affected_packages", "advisory_id", "package_id"),
    HAS_MANY(Advisory, references, Reference, advisory_id));

MODEL(Reference, "security_advisory_references",
    KEY(Reference),
    COLUMN(Reference, advisory_id, NAME, .references = &Advisory_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Reference, type,        NAME),
    COLUMN(Reference, url,         NAME),
    BELONGS_TO(Reference, advisory, Advisory, advisory_id));
/* clang-format on */
