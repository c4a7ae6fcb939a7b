#include "models.h"

#include "syntax.h"

/* clang-format off */

ENUM(Priority, "priority",
    LABEL(PRIORITY_UNKNOWN, "unknown"),
    LABEL(PRIORITY_EXTRA, "extra"),
    LABEL(PRIORITY_OPTIONAL, "optional"),
    LABEL(PRIORITY_STANDARD, "standard"),
    LABEL(PRIORITY_IMPORTANT, "important"),
    LABEL(PRIORITY_REQUIRED, "required"));

ENUM(MultiArch, "multi_arch",
    LABEL(MULTI_ARCH_NO, "no"),
    LABEL(MULTI_ARCH_SAME, "same"),
    LABEL(MULTI_ARCH_FOREIGN, "foreign"),
    LABEL(MULTI_ARCH_ALLOWED, "allowed"));

ENUM(Want, "want",
    LABEL(WANT_UNKNOWN, "unknown"),
    LABEL(WANT_INSTALL, "install"),
    LABEL(WANT_HOLD, "hold"),
    LABEL(WANT_DEINSTALL, "deinstall"),
    LABEL(WANT_PURGE, "purge"));

ENUM(Health, "health",
    LABEL(HEALTH_OK, "ok"),
    LABEL(HEALTH_REINSTALL_REQUIRED, "reinstreq"));

ENUM(State, "state",
    LABEL(STATE_NOT_INSTALLED, "not-installed"),
    LABEL(STATE_CONFIG_FILES, "config-files"),
    LABEL(STATE_HALF_INSTALLED, "half-installed"),
    LABEL(STATE_UNPACKED, "unpacked"),
    LABEL(STATE_HALF_CONFIGURED, "half-configured"),
    LABEL(STATE_TRIGGERS_AWAITED, "triggers-awaited"),
    LABEL(STATE_TRIGGERS_PENDING, "triggers-pending"),
    LABEL(STATE_INSTALLED, "installed"));

/* The labels are the names of the fields. */
ENUM(Kind, "dependency_kind",
    LABEL(KIND_PRE_DEPENDS, "Pre-Depends"),
    LABEL(KIND_DEPENDS, "Depends"),
    LABEL(KIND_RECOMMENDS, "Recommends"),
    LABEL(KIND_SUGGESTS, "Suggests"),
    LABEL(KIND_ENHANCES, "Enhances"),
    LABEL(KIND_BREAKS, "Breaks"),
    LABEL(KIND_CONFLICTS, "Conflicts"),
    LABEL(KIND_REPLACES, "Replaces"),
    LABEL(KIND_BUILT_USING, "Built-Using"),
    LABEL(KIND_STATIC_BUILT_USING, "Static-Built-Using"));

ENUM(Relation, "version_relation",
    LABEL(RELATION_ANY, "any"),
    LABEL(RELATION_EARLIER, "<<"),
    LABEL(RELATION_AT_MOST, "<="),
    LABEL(RELATION_EXACTLY, "="),
    LABEL(RELATION_AT_LEAST, ">="),
    LABEL(RELATION_LATER, ">>"));

/* clang-format on */

/* Asked by the library before anything is sent. The program has checked its input by then; these hold for
 * whatever else may write through the models. */
static const char *check_name(const void *object, const void *field)
{
    (void)object;
    return package_name_fault(*(const char *const *)field);
}

static const char *check_architecture(const void *object, const void *field)
{
    (void)object;
    return architecture_fault(*(const char *const *)field);
}

static const char *check_version(const void *object, const void *field)
{
    (void)object;
    const char *version = *(const char *const *)field;
    return version ? version_fault(version) : NULL;
}

MODEL(Maintainer, "maintainers",
    COLUMN(Maintainer, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Maintainer, email, .unique = true),
    COLUMN(Maintainer, name));

MODEL(Package, "packages",
    COLUMN(Package, name,              .primary_key = true, .validate = check_name),
    COLUMN(Package, architecture,      .primary_key = true, .validate = check_architecture),
    COLUMN(Package, version,           .validate = check_version),
    COLUMN(Package, maintainer_id,     .references = &Maintainer_model, .index = true),
    COLUMN_ENUM(Package, want,         Want),
    COLUMN_ENUM(Package, health,       Health),
    COLUMN_ENUM(Package, state,        State),
    COLUMN_ENUM(Package, priority,     Priority),
    COLUMN_ENUM(Package, multi_arch,   MultiArch),
    COLUMN(Package, essential),
    COLUMN(Package, protected_package, .column = "protected"),
    COLUMN(Package, source,            .index = true),
    COLUMN(Package, source_version),
    COLUMN(Package, section,           .nullable = true),
    COLUMN(Package, homepage,          .nullable = true),
    COLUMN(Package, filename,          .nullable = true),
    COLUMN(Package, summary,           .nullable = true),
    COLUMN(Package, description,       .nullable = true),
    COLUMN(Package, installed_size,    .check = "installed_size >= 0"),
    COLUMN(Package, download_size,     .check = "download_size >= 0"),
    COLUMN(Package, md5,               .nullable = true, .check = "octet_length(md5) = 16"),
    COLUMN(Package, sha256,            .nullable = true, .check = "octet_length(sha256) = 32"),
    COLUMN(Package, description_md5,   .nullable = true, .check = "octet_length(description_md5) = 16"),
    COLUMN(Package, tags),
    COLUMN(Package, other),
    BELONGS_TO(Package, maintainer, Maintainer, maintainer_id),
    INDEX_WITH((.method = "gin"), Package, NULL, tags));

MODEL(Dependency, "dependencies",
    COLUMN(Dependency, package_name,         .primary_key = true),
    COLUMN(Dependency, package_architecture, .primary_key = true),
    COLUMN_ENUM(Dependency, kind, Kind,      .primary_key = true),
    COLUMN(Dependency, position,             .primary_key = true),
    COLUMN(Dependency, alternative,          .primary_key = true),
    COLUMN(Dependency, target,               .index = true, .validate = check_name),
    COLUMN(Dependency, qualifier,            .nullable = true),
    COLUMN_ENUM(Dependency, relation, Relation),
    COLUMN(Dependency, version,              .nullable = true, .validate = check_version),
    COLUMN(Dependency, restriction,          .nullable = true),
    BELONGS_TO(Dependency, package, Package, package_name, package_architecture),
    CHECK("dependencies_relation_has_version", "(relation = 'any') = (version IS NULL)"));

MODEL(Provide, "provides",
    COLUMN(Provide, package_name,         .primary_key = true),
    COLUMN(Provide, package_architecture, .primary_key = true),
    COLUMN(Provide, position,             .primary_key = true),
    COLUMN(Provide, name,                 .index = true, .validate = check_name),
    COLUMN(Provide, qualifier,            .nullable = true),
    COLUMN(Provide, version,              .nullable = true, .validate = check_version),
    BELONGS_TO(Provide, package, Package, package_name, package_architecture));
