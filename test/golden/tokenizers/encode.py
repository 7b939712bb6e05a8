"""Encodes texts with Python's `tokenizers`, as JSON: {"tokenizers": {NAME: FILE TEXT}, "texts": [...]} on standard input,
{"version": ..., "ids": {NAME: [[...], ...]}} on standard output. A file that is read and saved again must do the same."""

import json
import sys

import tokenizers

given = json.load(sys.stdin)
ids = {}
for name, text in given["tokenizers"].items():
    tokenizer = tokenizers.Tokenizer.from_str(text)
    ids[name] = [encoding.ids for encoding in tokenizer.encode_batch(given["texts"])]
    again = tokenizers.Tokenizer.from_str(tokenizer.to_str())
    assert ids[name][:500] == [encoding.ids for encoding in again.encode_batch(given["texts"][:500])]
json.dump({"version": tokenizers.__version__, "ids": ids}, sys.stdout)
