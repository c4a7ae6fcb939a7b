# Puts the measurements together and prints them with their targets: awk -f report.awk CALLGRIND UNITS WALL.

# Callgrind's dumps: the name that CALLGRIND_DUMP_STATS_AT gave, then the count.
/^desc: Trigger: Client Request: / { name = $NF }
/^totals: / && name != "" { instructions[name] = $2; name = "" }

# What the programs print.
$1 == "units" { units[$2] = $3 }
$1 == "value" { value[$2] = $3 }

# A measured figure: of callgrind's, for one unit; of the programs', as it is.
function measured(name) {
    if (name in value) return value[name]
    if (!(name in units) || !(name in instructions)) {
        printf "no measurement is called %s\n", name
        broken = 1
        exit 2
    }
    return instructions[name] / units[name]
}

# The smallest of several, which stand in one text.
function best(names,    n, i, list, least) {
    n = split(names, list, " ")
    least = measured(list[1])
    for (i = 2; i <= n; i++)
        if (measured(list[i]) < least) least = measured(list[i])
    return least
}

function judge(met) {
    if (!met) missed++
    return met ? "" : "   missed"
}

function show(number) {
    return number >= 100 ? sprintf("%.0f", number) : sprintf("%.2f", number)
}

function heading(text) {
    printf "\n%-46s %10s %10s %8s   %s\n", text, "Howdah", "by hand", "ratio", "target"
}

# How many times as much as the best of the others.
function ratio(label, name, others, target,    ours, theirs) {
    ours = measured(name)
    theirs = best(others)
    printf "%-46s %10s %10s %8.2f   <= %s%s\n", label, show(ours), show(theirs), ours / theirs, target,
        judge(ours / theirs <= target + 0)
}

# How many times faster than the other.
function faster(label, name, other, target,    ours, theirs) {
    ours = measured(name)
    theirs = measured(other)
    printf "%-46s %10s %10s %8.1f   >= %s%s\n", label, show(ours), show(theirs), theirs / ours, target,
        judge(theirs / ours >= target + 0)
}

# An amount that has a limit of its own; what it takes by hand is only shown.
function amount(label, name, others, target,    ours, theirs) {
    ours = measured(name)
    theirs = others == "" ? "" : show(best(others))
    printf "%-46s %10s %10s %8s   <= %s%s\n", label, show(ours), theirs, "", target, judge(ours <= target)
}

# What it takes more than the other.
function beyond(label, name, other) {
    printf "%-46s %10s %10s %8s   %s more\n", label, show(measured(name)), show(measured(other)), "",
        show(measured(name) - measured(other))
}

# What only stands beside the others.
function shown(label, ours, theirs) {
    printf "%-46s %10s %10s\n", label, ours == "" ? "" : show(measured(ours)), theirs == "" ? "" : show(best(theirs))
}

END {
    if (broken) exit 2
    heading("client instructions")
    ratio("session_find, not in the session", "find.howdah", "find.hand", "1.10")
    amount("session_find, in the session", "hit.howdah", "", 100)
    amount("commit, per clean object", "clean.howdah", "", 60)
    ratio("a row loaded into a tracked object", "load.howdah", "load.hand", "1.50")
    ratio("the same, of a query without a limit", "load_all.howdah", "load.hand", "1.50")
    ratio("a row of a relation, linked", "graph.howdah", "graph.hand", "1.50")
    ratio("the same, with the query", "graph_eager.howdah", "graph.hand", "1.50")
    amount("commit, per inserted row", "insert.howdah", "insert.hand_composite insert.hand_columns", 1800)
    shown("session_add_struct, per row", "add.howdah", "")
    amount("commit, per updated row", "update.howdah", "update.hand_columns", 800)
    amount("commit, per deleted row", "delete.howdah", "delete.hand_any", 150)
    shown("session_delete, per row", "mark.howdah", "")
    shown("one INSERT after another, per row", "", "insert.hand_single")
    shown("one UPDATE after another, per row", "", "update.hand_single")
    shown("one DELETE after another, per row", "", "delete.hand_single")
    amount("a query of five conditions, built and shown", "build.howdah", "", 6000)
    beyond("a query that runs again, beyond libpq", "again.howdah", "again.hand")
    amount("database_open, 100 models of 20 columns", "open.howdah", "", 2000000)

    heading("bytes")
    ratio("a tracked row, to its bare struct and text", "memory.howdah", "memory.hand", "1.70")

    ratio("rows and collections, to twice the wire + 128", "graph_memory.howdah", "graph_memory.allowed", "1.00")

    heading("microseconds per row, one commit")
    ratio("inserts, to the best by hand", "wall.insert.howdah", "wall.insert.hand_composite wall.insert.hand_columns", "1.25")
    faster("inserts, to one after another", "wall.insert.howdah", "wall.insert.hand_single", 15)
    ratio("updates, to the best by hand", "wall.update.howdah", "wall.update.hand_columns", "1.20")
    faster("updates, to one after another", "wall.update.howdah", "wall.update.hand_single", 15)
    ratio("deletes, to the best by hand", "wall.delete.howdah", "wall.delete.hand_any wall.delete.hand_at_once", "1.20")
    faster("deletes, to one after another", "wall.delete.howdah", "wall.delete.hand_single", 15)

    if (missed) printf "\n%d target%s missed\n", missed, missed == 1 ? "" : "s"
    exit missed > 0
}
