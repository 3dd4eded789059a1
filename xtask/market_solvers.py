"""OR-tools on the instances that the examples `flow` and `meetings` of crates/market write; prints JSON in its last line.

    market_solvers.py flow FILE
    market_solvers.py meetings FILE SECONDS
"""

import json
import sys
import time


def flow(path):
    import numpy as np
    from ortools.graph.python import min_cost_flow

    with open(path) as file:
        supply = np.array(file.readline().split(), dtype=np.int64)
        arcs = np.loadtxt(file, dtype=np.int64)
    # One source, one sink; what a source does not send goes straight to the sink.
    sources, sinks = np.where(supply > 0)[0], np.where(supply < 0)[0]
    source, sink, total = len(supply), len(supply) + 1, int(supply[sources].sum())
    start = np.concatenate([arcs[:, 0], np.full(len(sources), source), sinks, sources])
    end = np.concatenate([arcs[:, 1], sources, np.full(len(sinks), sink), np.full(len(sources), sink)])
    limit = np.concatenate([arcs[:, 2], supply[sources], -supply[sinks], supply[sources]])
    rest = np.zeros(2 * len(sources) + len(sinks), dtype=np.int64)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(start, end, limit, np.concatenate([-arcs[:, 3], rest]))
    solver.set_node_supply(source, total)
    solver.set_node_supply(sink, -total)
    begin = time.process_time()
    status = solver.solve()
    cpu = time.process_time() - begin
    assert status == solver.OPTIMAL, status
    print(json.dumps({"arcs": len(start), "gain": -solver.optimal_cost(), "cpu_s": cpu}))


def meetings(path, seconds):
    from ortools.sat.python import cp_model

    with open(path) as file:
        slots, tables = map(int, file.readline().split())
        hosts = list(map(int, file.readline().split()))
        guests = list(map(int, file.readline().split()))
        requests = [tuple(map(int, line.split())) for line in file]
    model = cp_model.CpModel()
    busy, at, gain = {}, [[] for _ in range(slots)], []
    for host, guest, value in requests:
        own = []
        for slot in range(slots):
            if (hosts[host] & guests[guest]) >> slot & 1:
                seat = model.new_bool_var("")
                own.append(seat)
                busy.setdefault(("host", host, slot), []).append(seat)
                busy.setdefault(("guest", guest, slot), []).append(seat)
                at[slot].append(seat)
                gain.append(value * seat)
        model.add_at_most_one(own)
    for seats in busy.values():
        model.add_at_most_one(seats)
    for seats in at:
        model.add(sum(seats) <= tables)
    model.maximize(sum(gain))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    begin, wall = time.process_time(), time.perf_counter()
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    result = {
        "status": solver.status_name(status),
        "value": solver.objective_value if found else 0,
        "bound": solver.best_objective_bound,
        "cpu_s": time.process_time() - begin,
        "seconds": time.perf_counter() - wall,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    work, path, *rest = sys.argv[1:]
    {"flow": flow, "meetings": meetings}[work](path, *map(float, rest))
