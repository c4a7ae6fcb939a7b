"""Plots of the results: gnuplot draws them as SVG."""

from results import HEAD, gnuplot, middle, pair_ratios

STYLE = ("set terminal svg size 960,{height} font 'sans-serif,12' background '#ffffff'\nset output '{path}'\nset grid lc rgb '#dddddd'\n"
         "set border 3\nset tics nomirror\n")
COLORS = ("#c0392b", "#2c3e50", "#2980b9", "#27ae60", "#8e44ad", "#d35400", "#16a085", "#7f8c8d", "#f39c12", "#34495e", "#e84393",
          "#6c5ce7")


def _quoted(text):
    return '"' + text.replace('"', "'").replace("_", "\\\\_") + '"'


def bars(results, link, path):
    """Multiples of Howdah's time, a dot for each contestant and workload."""
    names = [c for c in results.contestants if not c.trouble and c.name != HEAD]
    rows = []
    for step, outcomes in results.steps:
        found = results.by_name(outcomes)
        head = found.get(HEAD)
        if step.link == link and head and head.walls and step.workload.name != "memory":
            rows.append((step.label, [middle(pair_ratios(found[c.name], head)) if c.name in found else None for c in names]))
    if not rows or not names:
        return
    script = [STYLE.format(height=120 + 22 * len(rows), path=path), "set logscale x\nset key outside top center horizontal\n",
              "set xlabel 'times as long as Howdah (logarithmic)'\nset yrange [-0.7:%f]\nset ytics (%s)\n"
              % (len(rows) - 0.3, ", ".join(f"{_quoted(label)} {len(rows) - 1 - i}" for i, (label, _) in enumerate(rows))),
              "set arrow from 1, graph 0 to 1, graph 1 nohead lw 2 lc rgb '#c0392b'\n"]
    for k, c in enumerate(names):
        script.append(f"$d{k} << E\n" + "".join(f"{values[k]:.4f} {len(rows) - 1 - i}\n"
                                               for i, (_, values) in enumerate(rows) if values[k]) + "E\n")
    drawn = [k for k in range(len(names)) if any(values[k] for _, values in rows)]
    script.append("plot " + ", ".join(f"$d{k} with points pt 7 ps 0.9 lc rgb '{COLORS[(k + 1) % len(COLORS)]}' title {_quoted(names[k].title)}"
                                      for k in drawn) + "\n")
    gnuplot("".join(script))


def growth(results, workload, path):
    """Time of a commit over its number of objects."""
    curves = [(c, results.growth().get((workload, c.name))) for c in results.contestants]
    curves = [(c, points) for c, points in curves if points]
    if not curves:
        return
    script = [STYLE.format(height=480, path=path), "set logscale xy\nset key left top\nset format x '10^%T'\nset format y '%.0s %cs'\n",
              f"set title 'one commit: {workload}'\nset xlabel 'objects'\nset ylabel 'time'\n"]
    for k, (_, points) in enumerate(curves):
        script.append(f"$d{k} << E\n" + "".join(f"{n} {t}\n" for n, t in sorted(points)) + "E\n")
    script.append("plot " + ", ".join(f"$d{k} with linespoints pt 7 lw 2 lc rgb '{COLORS[results.contestants.index(c) % len(COLORS)]}'"
                                      f" title {_quoted(c.title)}" for k, (c, _) in enumerate(curves)) + "\n")
    gnuplot("".join(script))


def draw(results):
    bars(results, "socket", results.folder / "socket.svg")
    bars(results, "slow", results.folder / "slow.svg")
    for workload in ("load", "insert", "update", "delete"):
        growth(results, workload, results.folder / f"{workload}.svg")
