"""DeepPCB as the trainer reads it: python deeppcb.py CHECKOUT OUT. The pictures become PGM, the lists pairs and truth."""
import os
import sys

from PIL import Image

checkout, out = sys.argv[1:]
for split in ("trainval", "test"):
    pairs = open(os.path.join(out, split + ".pairs"), "w")
    truth = open(os.path.join(out, split + ".truth"), "w")
    for line in open(os.path.join(checkout, "PCBData", split + ".txt")):
        if not line.strip():
            continue
        image, marks = line.split()
        names = []
        for kind in ("_temp", "_test"):
            name = os.path.basename(image)[:-4] + kind + ".pgm"
            target = os.path.join(out, name)
            if not os.path.exists(target):
                Image.open(os.path.join(checkout, "PCBData", image[:-4] + kind + ".jpg")).convert("L").save(target)
            names.append(name)
        pairs.write("\t".join(names) + "\n")
        for mark in open(os.path.join(checkout, "PCBData", marks)):
            fields = mark.replace(",", " ").split()
            if fields:
                truth.write(" ".join([names[1], *fields]) + "\n")
