/* Compiled relations: their other sides, join tables as mappers, polymorphic keys. */
#include "mapper_support.h"

typedef struct Site Site;
typedef struct Page Page;
typedef struct Label Label;
typedef struct Remark Remark;

struct Site {
    int32_t tenant;
    int32_t number;
    MANY(Page) pages;
    MANY(Page) drafts;
    MANY(Label) labels;
};

struct Page {
    int64_t id;
    int32_t tenant;
    int32_t site_number;
    Site *site;
    MANY(Remark) remarks;
    MANY(Page) followers;
    MANY(Page) followed;
};

struct Label {
    int32_t tenant;
    char word[12];
    MANY(Site) sites;
};

struct Remark {
    int64_t id;
    const char *owner_type;
    int64_t owner_id;
    Page *page;
};

extern const Model Page_model, Label_model, Remark_model;

/* clang-format off */
MODEL(Site, "sites",
    COLUMN(Site, tenant, .primary_key = true),
    COLUMN(Site, number, .primary_key = true),
    HAS_MANY_WITH((.where = "draft", .order_by = "id"), Site, drafts, Page, tenant, site_number),
    HAS_MANY_WITH((.cascade = CASCADE_ADD | CASCADE_DELETE), Site, pages, Page, tenant, site_number),
    MANY_TO_MANY_WITH((.order_by = "word"), Site, labels, Label, "site_labels", "tenant,site", "tenant , label"));
MODEL(Page, "pages",
    COLUMN(Page, id,          .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Page, tenant),
    COLUMN(Page, site_number, .on_delete = ON_DELETE_CASCADE),
    BELONGS_TO(Page, site, Site, tenant, site_number),
    HAS_MANY_WITH((.type_field = "owner_type", .type_label = "page"), Page, remarks, Remark, owner_id),
    MANY_TO_MANY(Page, followers, Page, "follows", "followed", "follower"),
    MANY_TO_MANY(Page, followed,  Page, "follows", "follower", "followed"));
MODEL_IN("words", Label, "labels",
    COLUMN(Label, tenant, .primary_key = true),
    COLUMN(Label, word,   .primary_key = true),
    MANY_TO_MANY(Label, sites, Site, "site_labels", "tenant , label", "tenant,site"));
MODEL(Remark, "remarks",
    COLUMN(Remark, id,         .primary_key = true),
    COLUMN(Remark, owner_type),
    COLUMN(Remark, owner_id),
    BELONGS_TO_WITH((.type_field = "owner_type", .type_label = "page"), Remark, page, Page, owner_id));
/* clang-format on */

static const struct relation *relation_of(const Model *model, const char *field)
{
    const struct mapper *mapper = catalog_find(&catalog, model);
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (strcmp(mapper->relations[i].field->name, field) == 0)
            return &mapper->relations[i];
    ck_abort_msg("no relation %s", field);
    return NULL;
}

#define ALL MODELS(Site, Page, Label, Remark)

START_TEST(test_mapper_relation__two_sides_of_a_key)
{
    compile_models(ALL);
    const struct relation *pages = relation_of(&Site_model, "pages"), *site = relation_of(&Page_model, "site");
    const struct relation *drafts = relation_of(&Site_model, "drafts");
    ck_assert_ptr_eq(pages->inverse, site);
    ck_assert_ptr_eq(drafts->inverse, site);
    ck_assert_ptr_eq(site->inverse, pages); /* not the filtered one, which may lack rows */
    ck_assert_ptr_eq(pages->foreign_key, site->foreign_key);
    ck_assert_ptr_eq(pages->foreign_key->has, drafts);
    ck_assert_ptr_eq(drafts->next_has, pages);
    ck_assert_ptr_eq(pages->mapper, site->target);
}
END_TEST

START_TEST(test_mapper_relation__join_table_is_a_mapper)
{
    compile_models(ALL);
    const struct relation *labels = relation_of(&Site_model, "labels"), *sites = relation_of(&Label_model, "sites");
    const struct mapper *join = labels->join;
    ck_assert_uint_eq(catalog.mapper_count, 6);
    ck_assert_ptr_eq(sites->join, join); /* although Label lies in another schema */
    ck_assert_ptr_eq(join->join_of, labels);
    ck_assert_str_eq(join->model->name, "Site.labels");
    ck_assert_str_eq(join->quoted, "\"public\".\"site_labels\"");
    ck_assert_uint_eq(join->column_count, 3); /* the tenant's is in both keys */
    ck_assert_uint_eq(join->key_count, 3);
    ck_assert_str_eq(join->columns[2].name, "label");
    ck_assert_str_eq(join->columns[2].ddl_type, "varchar(11)");
    ck_assert_uint_eq(join->check_count, 0);
    ck_assert_ptr_eq(labels->join_owner->target, labels->mapper);
    ck_assert_ptr_eq(labels->join_target->target, labels->target);
    ck_assert_ptr_eq(sites->join_owner, labels->join_target);
    ck_assert_ptr_eq(sites->join_target, labels->join_owner);
    ck_assert_ptr_eq(labels->inverse, sites);
    ck_assert_ptr_eq(sites->inverse, labels);
}
END_TEST

START_TEST(test_mapper_relation__join_table_to_itself)
{
    compile_models(ALL);
    const struct relation *followers = relation_of(&Page_model, "followers"),
                          *followed = relation_of(&Page_model, "followed");
    ck_assert_ptr_eq(followers->join, followed->join);
    ck_assert_ptr_eq(followers->inverse, followed);
    ck_assert_str_eq(followers->join->columns[followers->join_owner->columns[0]].name, "followed");
    ck_assert_str_eq(followers->join->columns[followed->join_owner->columns[0]].name, "follower");
}
END_TEST

START_TEST(test_mapper_relation__polymorphic_key)
{
    compile_models(ALL);
    const struct relation *remarks = relation_of(&Page_model, "remarks"), *page = relation_of(&Remark_model, "page");
    const struct foreign_key *key = remarks->foreign_key;
    ck_assert_ptr_eq(key, page->foreign_key);
    ck_assert_ptr_eq(remarks->inverse, page);
    ck_assert_ptr_eq(page->inverse, remarks);
    ck_assert_str_eq(key->type->name, "owner_type");
    ck_assert_str_eq(key->label, "page");
    ck_assert_uint_eq(page->mapper->foreign_key_count, 0); /* no constraint */
    ck_assert_ptr_eq(page->mapper->typed_keys, key);
}
END_TEST

MAPPER_MAIN("mapper relation", test_mapper_relation__two_sides_of_a_key, test_mapper_relation__join_table_is_a_mapper,
            test_mapper_relation__join_table_to_itself, test_mapper_relation__polymorphic_key)
