"""The peers of `cargo xtask bench market`: reads FOLDER/documents.txt and queries.txt (a text a line), writes FOLDER/run.txt
(a line a query: places of the ten best documents) and prints its processor time as JSON in the last line.

    market_peers.py SYSTEM FOLDER
"""

import json
import pathlib
import re
import sys
import time

TOP = 10
RUN = re.compile(r"[^\W_]+")


def grams(low, high):
    """Character n-grams of each run of letters and digits, in lower case."""

    def split(text):
        out = []
        for word in RUN.findall(text.lower()):
            for n in range(low, high + 1):
                out.extend(word[i : i + n] for i in range(len(word) - n + 1))
        return out

    return split


def words(text):
    return RUN.findall(text.lower())


def tantivy_grams(documents, queries):
    import tantivy

    split = grams(1, 2)
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    start = time.process_time()
    index = tantivy.Index(schema)
    index.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for text in documents:
        writer.add_document(tantivy.Document(text=" ".join(split(text))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    indexed = time.process_time()
    assert searcher.num_segments == 1, "places are those of the documents only within one segment"
    found = []
    for text in queries:
        terms = split(text)
        hits = searcher.search(index.parse_query(" ".join(terms), ["text"]), TOP).hits if terms else []
        found.append([address.doc for _, address in hits])
    return found, indexed - start, time.process_time() - indexed


def bm25s_of(split):
    def search(documents, queries):
        import bm25s

        start = time.process_time()
        retriever = bm25s.BM25(backend="numba")
        retriever.index([split(text) or [""] for text in documents], show_progress=False)
        indexed = time.process_time()
        tokens = [split(text) or [""] for text in queries]
        # The first call compiles.
        retriever.retrieve(tokens[:2], k=TOP, show_progress=False, n_threads=1)
        begin = time.process_time()
        tokens = [split(text) or [""] for text in queries]
        found, _ = retriever.retrieve(tokens, k=TOP, show_progress=False, n_threads=1)
        return found.tolist(), indexed - start, time.process_time() - begin

    return search


def tfidf(low, high):
    def search(documents, queries):
        import numpy
        from sklearn.feature_extraction.text import TfidfVectorizer

        start = time.process_time()
        vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(low, high), sublinear_tf=True)
        matrix = vectorizer.fit_transform(documents).T.tocsr()
        indexed = time.process_time()
        found = []
        for at in range(0, len(queries), 256):
            scores = (vectorizer.transform(queries[at : at + 256]) @ matrix).toarray()
            best = numpy.argpartition(-scores, TOP, axis=1)[:, :TOP]
            order = numpy.argsort(-numpy.take_along_axis(scores, best, 1), axis=1, kind="stable")
            found.extend(numpy.take_along_axis(best, order, 1).tolist())
        return found, indexed - start, time.process_time() - indexed

    return search


def rapidfuzz_by(name):
    def search(documents, queries):
        from rapidfuzz import fuzz, process, utils

        scorer = getattr(fuzz, name)
        start = time.process_time()
        prepared = [utils.default_process(text) for text in documents]
        indexed = time.process_time()
        found = [
            [hit[2] for hit in process.extract(utils.default_process(text), prepared, scorer=scorer, limit=TOP)]
            for text in queries
        ]
        return found, indexed - start, time.process_time() - indexed

    return search


SYSTEMS = {
    "tantivy-char12": tantivy_grams,
    "bm25s-char12": bm25s_of(grams(1, 2)),
    "bm25s-words": bm25s_of(words),
    "tfidf-char13": tfidf(1, 3),
    "tfidf-char35": tfidf(3, 5),
    "rapidfuzz-token-set": rapidfuzz_by("token_set_ratio"),
    "rapidfuzz-wratio": rapidfuzz_by("WRatio"),
}


def main():
    system, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    documents, queries = (
        (folder / name).read_text(encoding="utf-8").split("\n")[:-1] for name in ("documents.txt", "queries.txt")
    )
    found, index_cpu, search_cpu = SYSTEMS[system](documents, queries)
    (folder / "run.txt").write_text("".join(" ".join(map(str, row)) + "\n" for row in found), encoding="utf-8")
    print(json.dumps({"index_cpu_s": index_cpu, "search_cpu_s": search_cpu}))


main()
