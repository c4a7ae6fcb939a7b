"""Plots of the results: gnuplot draws them as SVG."""

from results import HEAD, gnuplot, middle, pair_ratios

STYLE = """set terminal svg size 1000,{height} font 'sans-serif,12' background '#ffffff'
set output '{path}'
set title '{title}'
set border 3
set tics nomirror
set key outside {key}
"""
# No two contestants have the same colour and the same shape.
COLORS = ("#c0392b", "#e67e22", "#2471a3", "#1e8449", "#7d3c98", "#000000", "#17a589", "#95a5a6", "#b7950b", "#e84393", "#5dade2",
          "#6e2c00", "#2ecc71")
SHAPES = (7, 6, 5, 9, 11, 2, 13, 4, 8, 10, 12, 15, 14, 1, 3)


def _quoted(text):
    return '"' + text.replace('"', "'").replace("_", "\\\\_") + '"'


def _look(results, contestant):
    """Howdah and hand-written code are filled, where it can be helped; who has a colour has it in all plots."""
    place = results.contestants.index(contestant)
    return f"pt {SHAPES[place % len(SHAPES)]} lc rgb '{COLORS[place % len(COLORS)]}' title {_quoted(contestant.title)}"


def _data(name, points):
    return f"${name} << E\n" + "".join(f"{x:.6g} {y:.6g}\n" for x, y in points) + "E\n"


def _bars(results, link):
    """Rows of the plot from top to bottom: (label, multiples of Howdah's time by contestant)."""
    rows = []
    for step, found in results.shown(link):
        head = found.get(HEAD)
        if head and head.walls:
            ratios = {name: middle(pair_ratios(o, head)) for name, o in found.items() if name != HEAD}
            rows.append((step.label, {name: ratio for name, ratio in ratios.items() if ratio}))
    return rows


def bars(results, link, title, path):
    """Multiples of Howdah's time, a mark for each contestant and workload."""
    rows = _bars(results, link)
    drawn = [c for c in results.contestants if any(c.name in ratios for _, ratios in rows)]
    if not drawn:
        return None
    last = len(rows) - 1
    script = [STYLE.format(height=150 + 20 * len(rows), path=path, title=title, key="right top vertical Left reverse"),
              "set logscale x\nset format x '%g x'\nset grid lc rgb '#dddddd' lt 1\n",
              f"set xlabel 'time, in multiples of that of Howdah (logarithmic): right of the line is slower'\nset yrange [-0.7:{last + 0.7}]\n",
              "set ytics (" + ", ".join(f"{_quoted(label)} {last - i}" for i, (label, _) in enumerate(rows)) + ")\n",
              "set arrow from 1, graph 0 to 1, graph 1 nohead lw 2 lc rgb '#c0392b'\n"]
    for k, c in enumerate(drawn):
        script.append(_data(f"d{k}", [(ratios[c.name], last - i) for i, (_, ratios) in enumerate(rows) if c.name in ratios]))
    script.append("plot " + ", ".join(f"$d{k} with points ps 0.8 lw 1.5 {_look(results, c)}" for k, c in enumerate(drawn)) + "\n")
    return gnuplot("".join(script))


def growth(results, workload, title, path):
    """Time over the number of objects."""
    grown = results.growth()
    curves = [(c, grown[workload, c.name]) for c in results.contestants if (workload, c.name) in grown]
    if not curves:
        return None
    script = [STYLE.format(height=480, path=path, title=title, key="right top vertical Left reverse"),
              "set logscale xy\nset grid lc rgb '#dddddd' lt 1\nset format x '%.0s%c'\nset format y '%.0s %cs'\n",
              "set xlabel 'objects (logarithmic)'\nset ylabel 'time (logarithmic)'\nset offsets graph 0.02, graph 0.02, 0, 0\n"]
    for k, (_, points) in enumerate(curves):
        script.append(_data(f"d{k}", points))
    script.append("plot " + ", ".join(f"$d{k} with linespoints ps 0.9 lw 1.5 {_look(results, c)}" for k, (c, _) in enumerate(curves)) + "\n")
    return gnuplot("".join(script))


def draw(results):
    """All plots; what went wrong, if anything did."""
    folder = results.folder
    troubles = [bars(results, "socket", "Over the unix socket", folder / "socket.svg"),
                bars(results, "slow", "With 1 ms each way", folder / "slow.svg")]
    for workload, title in (("load", "Loading objects by one query"), ("insert", "Inserting objects in one commit"),
                            ("update", "Updating objects in one commit"), ("delete", "Deleting objects in one commit")):
        troubles.append(growth(results, workload, title, folder / f"{workload}.svg"))
    return next(filter(None, troubles), None)
