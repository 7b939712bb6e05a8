"""What Python and the package `tokenizers` know of Unicode, as JSON on standard output; for build-unicode.ts.

`classes`: the code points that Python's Unicode version, an older one, puts into the classes of the word tokenizer.
`nfkc`, `nfd`: what `tokenizers` turns a code point into, where that is not itself. `marks`: code points that it moves
behind a mark of combining class 1, so those of a higher class.
"""

import json
import unicodedata

import tokenizers
from tokenizers import normalizers

NFKC, NFD, NFC = normalizers.NFKC(), normalizers.NFD(), normalizers.NFC()
points = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]


def changed(form):
    results = ((code, form.normalize_str(chr(code))) for code in points)
    return {code: text for code, text in results if text != chr(code)}


def is_moved(code):
    text = f"a{chr(code)}\u0334"
    return NFC.normalize_str(text) != text


def members(prefix):
    return [code for code in points if unicodedata.category(chr(code)).startswith(prefix)]


print(
    json.dumps(
        {
            "tokenizers": tokenizers.__version__,
            "unicode": unicodedata.unidata_version,
            "classes": {name: members(name) for name in ["L", "N", "M", "Sc"]},
            "nfkc": changed(NFKC),
            "nfd": changed(NFD),
            "marks": [code for code in points if is_moved(code)],
        }
    )
)
