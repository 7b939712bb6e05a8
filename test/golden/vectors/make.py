"""Word vectors in every format that is read, written byte by byte after the programs' own sources, without any package.

    python make.py

Row w of the table holds the numbers ((w + 1) * (d + 2) - 7) / 8, which float16 holds exactly.
"""

import gzip
import json
import pathlib
import struct

here = pathlib.Path(__file__).parent
words = ["the", "Ärger", "don't", "New", "日本", "zebra"]
D = 5
rows = [[((w + 1) * (d + 2) - 7) / 8 for d in range(D)] for w in range(len(words))]


def text(header, end):
    lines = [f"{len(words)} {D}\n"] if header else []
    lines += [word + " " + " ".join(f"{x:.4f}" for x in row) + end for word, row in zip(words, rows)]
    return "".join(lines).encode()


# fastText ends each line with a space; GloVe has no header, and words with spaces in its files of web pages
(here / "fasttext.vec").write_bytes(text(True, " \n"))
glove = text(False, "\n")
spaced = b". . . " + b" ".join([b"9.0"] * D) + b"\n"
(here / "glove.txt").write_bytes(glove + spaced)
(here / "fasttext.vec.gz").write_bytes(gzip.compress(text(True, " \n"), mtime=0))


def binary(end):
    out = f"{len(words)} {D}\n".encode()
    for word, row in zip(words, rows):
        out += word.encode() + b" " + struct.pack(f"<{D}f", *row) + end
    return out


# word2vec.c ends each row with a line feed, gensim does not
(here / "word2vec.bin").write_bytes(binary(b"\n"))
(here / "gensim.bin").write_bytes(binary(b""))

# model2vec: the rows of the tokens, special ones and pieces of words among them
folder = here / "model2vec"
folder.mkdir(exist_ok=True)
vocab = {"[PAD]": 0, "[UNK]": 1}
for word in words:
    vocab[word] = len(vocab)
vocab["##ing"] = len(vocab)
table = [[0.0] * D, [100.0] * D] + rows + [[7.0] * D]
data = b"".join(struct.pack(f"<{D}f", *row) for row in table)
header = json.dumps({"embeddings": {"dtype": "F32", "shape": [len(table), D], "data_offsets": [0, len(data)]}})
header += " " * (-len(header) % 8)
(folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header.encode() + data)
tokenizer = {
    "version": "1.0",
    "added_tokens": [{"id": 0, "content": "[PAD]"}, {"id": 1, "content": "[UNK]"}],
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab": vocab},
}
(folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
(folder / "config.json").write_text(json.dumps({"normalize": True}))
