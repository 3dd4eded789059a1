"""Peers on the frames that the engine's example wrote: python peers.py FOLDER; one JSON object a line.

One thread each. Times are the process's own (time.process_time), the best of several runs. Positions are compared with the
truth of good beads: of each the nearest found one, at most half a bead away.
"""
import glob
import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
import cv2
import numpy as np
from scipy.spatial import cKDTree
from skimage import measure

import trackpy

cv2.setNumThreads(1)
trackpy.quiet()
folder = sys.argv[1]
SIZES = {"24-9": (24, 9), "12-4.5": (12, 4.5)}


def frame(name):
    return cv2.imread(os.path.join(folder, name + ".pgm"), cv2.IMREAD_GRAYSCALE)


def truth(name):
    table = np.loadtxt(os.path.join(folder, name + ".truth"))
    return table[table[:, 2] == 1, :2]


def components(image, bead):
    # Half of the usual light over the background, as a person would set it for these frames.
    _, mask = cv2.threshold(image, 95, 255, cv2.THRESH_BINARY)
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return centres[1:][stats[1:, cv2.CC_STAT_AREA] > bead]


def otsu(image, bead):
    _, mask = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return centres[1:][stats[1:, cv2.CC_STAT_AREA] > bead]


def template(bead):
    side = int(np.ceil(bead)) + 6
    side += 1 - side % 2
    y, x = np.mgrid[:side, :side] - side // 2
    disc = (np.clip(bead / 2 - np.hypot(x, y) + 0.5, 0, 1) * 150).astype(np.float32)
    return cv2.GaussianBlur(disc, (0, 0), 1.3).astype(np.uint8)


def match(image, bead):
    t = template(bead)
    score = cv2.matchTemplate(image, t, cv2.TM_CCOEFF_NORMED)
    top = cv2.dilate(score, np.ones((int(bead) | 1,) * 2, np.uint8))
    ys, xs = np.nonzero((score == top) & (score > 0.6))
    inner = (ys > 0) & (xs > 0) & (ys < score.shape[0] - 1) & (xs < score.shape[1] - 1)
    ys, xs = ys[inner], xs[inner]
    c = score[ys, xs]

    def vertex(a, b):
        return (a - b) / (2 * (a + b - 2 * c))

    dx = vertex(score[ys, xs - 1], score[ys, xs + 1])
    dy = vertex(score[ys - 1, xs], score[ys + 1, xs])
    half = t.shape[0] // 2
    return np.column_stack([xs + dx + half, ys + dy + half])


def regions(image, bead):
    labels = measure.label(image > 95)
    table = measure.regionprops_table(labels, image - np.float32(20), properties=("area", "centroid_weighted"))
    found = np.column_stack([table["centroid_weighted-1"], table["centroid_weighted-0"]])
    return found[table["area"] > bead]


def tracks(image, bead):
    size = int(np.ceil(bead * 1.3)) | 1
    found = trackpy.locate(image, size, minmass=200, engine="numba")
    return found[["x", "y"]].to_numpy()


METHODS = {
    "OpenCV threshold + components": components,
    "OpenCV Otsu + components": otsu,
    "OpenCV matchTemplate + parabola": match,
    "scikit-image label + regionprops": regions,
    "trackpy locate (numba)": tracks,
}


def rmse(found, good, bead):
    distance, _ = cKDTree(found).query(good, distance_upper_bound=bead / 2)
    hit = np.isfinite(distance)
    return float(np.sqrt(np.mean(distance[hit] ** 2) / 2)), float(hit.mean())


def best(runs, f):
    times = []
    for _ in range(runs):
        start = time.process_time()
        f()
        times.append(time.process_time() - start)
    return min(times)


def say(**row):
    print(json.dumps(row), flush=True)


for name, (_, bead) in SIZES.items():
    image, good = frame(name), truth(name)
    beads = len(np.loadtxt(os.path.join(folder, name + ".truth")))
    for method, locate in METHODS.items():
        error, found = rmse(locate(image, bead), good, bead)
        seconds = best(20 if "components" in method else 3, lambda: locate(image, bead))
        say(row="speed", frame=name, method=method, beads_per_s=round(beads / seconds), rmse_px=round(error, 5), found=round(found, 5))


def judged(image, sites, bead):
    """Beads called bad as a plain inspection would: no component near the site, or its area, light or place off."""
    _, mask = cv2.threshold(image, 95, 255, cv2.THRESH_BINARY)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA].astype(float)
    light = np.bincount(labels.ravel(), image.ravel(), count) / np.maximum(area, 1)
    distance, which = cKDTree(centres[1:]).query(sites)
    which += 1
    usual_area, usual_light = np.median(area[which]), np.median(light[which])
    off = centres[which] - sites
    off -= np.median(off, axis=0)
    return (
        (distance > bead)
        | (abs(area[which] / usual_area - 1) > 0.3)
        | (abs((light[which] - 20) / (usual_light - 20) - 1) > 0.3)
        | (np.hypot(*off.T) > 0.15 * bead + 0.3)
    )


tally = {}
for path in sorted(glob.glob(os.path.join(folder, "calls-*.classes"))):
    lines = [line.split() for line in open(path)]
    sites = np.array([[float(x), float(y)] for x, y, _ in lines])
    for (_, _, kind), bad in zip(lines, judged(frame(os.path.basename(path)[:-8]), sites, 9)):
        entry = tally.setdefault(kind, [0, 0])
        entry[0] += 1
        entry[1] += int(bad)
for kind, (count, bad) in sorted(tally.items()):
    say(row="calls", method="OpenCV threshold + components, area, light and place", set="usual", **{"class": kind}, sites=count, called_bad=bad)

images = [frame(os.path.basename(p)[:-4]) for p in sorted(glob.glob(os.path.join(folder, "stream-*.pgm")))]
seconds = best(5, lambda: [components(i, 9) for i in images])
say(row="stream", method="OpenCV threshold + components", beads_per_s=round(len(images) * 10_000 / seconds))

for snr in (10, 20, 47, 200):
    image, good = frame(f"snr-{snr}"), truth(f"snr-{snr}")
    for method, locate in METHODS.items():
        error, found = rmse(locate(image, 9), good, 9)
        say(row="accuracy", snr=snr, method=method, rmse_px=round(error, 5), found=round(found, 5), gauge_share=round(6 * error * 800 / 24 / 60, 4))
