/* The objects of the program and the tables that they map to (models.c).
 *
 * A package is identified by name and architecture: in the status file and in the index there is at most one
 * version of each. Dependencies and provided names are identified by their place in their package, so that
 * all keys but a maintainer's are natural ones. */
#ifndef PACKAGES_MODELS_H
#define PACKAGES_MODELS_H

#include <howdah/howdah.h>

/* The zero of each enum is what dpkg assumes where the field is missing. */
enum priority {
    PRIORITY_UNKNOWN,
    PRIORITY_EXTRA,
    PRIORITY_OPTIONAL,
    PRIORITY_STANDARD,
    PRIORITY_IMPORTANT,
    PRIORITY_REQUIRED
};
enum multi_arch { MULTI_ARCH_NO, MULTI_ARCH_SAME, MULTI_ARCH_FOREIGN, MULTI_ARCH_ALLOWED };

/* The three words of Status, dpkg(1): what the administrator wants, whether it is broken, how far it is. */
enum want { WANT_UNKNOWN, WANT_INSTALL, WANT_HOLD, WANT_DEINSTALL, WANT_PURGE };
enum health { HEALTH_OK, HEALTH_REINSTALL_REQUIRED };
enum state {
    STATE_NOT_INSTALLED,
    STATE_CONFIG_FILES,
    STATE_HALF_INSTALLED,
    STATE_UNPACKED,
    STATE_HALF_CONFIGURED,
    STATE_TRIGGERS_AWAITED,
    STATE_TRIGGERS_PENDING,
    STATE_INSTALLED
};

enum dependency_kind {
    KIND_PRE_DEPENDS,
    KIND_DEPENDS,
    KIND_RECOMMENDS,
    KIND_SUGGESTS,
    KIND_ENHANCES,
    KIND_BREAKS,
    KIND_CONFLICTS,
    KIND_REPLACES,
    KIND_BUILT_USING,
    KIND_STATIC_BUILT_USING
};
enum relation { RELATION_ANY, RELATION_EARLIER, RELATION_AT_MOST, RELATION_EXACTLY, RELATION_AT_LEAST, RELATION_LATER };

typedef struct Maintainer Maintainer;
typedef struct Package Package;
typedef struct Dependency Dependency;
typedef struct Provide Provide;

struct Maintainer {
    int64_t id;        /* made by the server */
    const char *email; /* what identifies a maintainer in the file */
    const char *name;
};

struct Package {
    const char *name;
    const char *architecture;
    const char *version;
    NullInt64 maintainer_id;
    enum want want;
    enum health health;
    enum state state;
    enum priority priority;
    enum multi_arch multi_arch;
    bool essential;
    bool protected_package;
    const char *source; /* the package that it was built from */
    const char *source_version;
    const char *section; /* nullable, as are the texts below */
    const char *homepage;
    const char *filename; /* in the archive */
    const char *summary;
    const char *description;
    NullInt64 installed_size; /* KiB, an estimate */
    NullInt64 download_size;  /* bytes */
    PgBytes md5;              /* of the .deb file, as is the next */
    PgBytes sha256;
    PgBytes description_md5; /* of the long description, which may be elsewhere */
    TextArray tags;
    PgJson other; /* an object of the fields that have no column */
    Maintainer *maintainer;
};

/* One alternative of one relation: "a | b (>= 2)" in Depends is position 0, alternatives 0 and 1. */
struct Dependency {
    const char *package_name;
    const char *package_architecture;
    enum dependency_kind kind;
    int32_t position;
    int32_t alternative;
    const char *target;    /* often the name of several packages, of a virtual one, or of none */
    const char *qualifier; /* "any" in "python3:any"; nullable */
    enum relation relation;
    const char *version;     /* NULL for RELATION_ANY */
    const char *restriction; /* "[amd64] <!nocheck>"; nullable */
    Package *package;
};

/* A name that a package answers to besides its own. */
struct Provide {
    const char *package_name;
    const char *package_architecture;
    int32_t position;
    const char *name;
    const char *qualifier; /* nullable, as is the next */
    const char *version;
    Package *package;
};

extern const Model Maintainer_model, Package_model, Dependency_model, Provide_model;
extern const Enum Priority_labels, MultiArch_labels, Want_labels, Health_labels, State_labels, Kind_labels,
    Relation_labels;

#endif
