"""What a search for articles costs: 500 of them in twelve languages, in one process.

    python bench/faq.py

Milliseconds of processor a question, seconds and megabytes of the indexes, seconds to read the articles.
Articles are made of pieces of the desk's own words, the same in each run. Exits 1 over a limit.
"""

import argparse
import random
import statistics
import sys
import time
import tracemalloc

from intake.desk.knowledge.article import Article, read
from intake.desk.knowledge.ranking import Library
from intake.desk.text.language import LANGUAGES

# At the 95th percentile, in milliseconds; of all indexes, in megabytes and in seconds for each.
LIMIT_MS, LIMIT_MB, LIMIT_S = 20.0, 60.0, 1.0
_LATIN = "abcdefghijklmnoprstuvwz"
_LETTERS = {"zh-Hans": (0x4E00, 3000), "zh-Hant": (0x4E00, 3000), "ja": (0x3041, 80), "ko": (0xAC00, 2000),
            "ru": (0x430, 32)}  # fmt: skip


def main() -> int:
    """Measure, print, and say by the exit code whether it was quick enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=500, help="articles in each language (default 500)")
    parser.add_argument("--questions", type=int, default=600, help="questions (default 600)")
    asked = parser.parse_args()
    chance = random.Random(7)
    words = {tag: _words(tag, chance) for tag in LANGUAGES}
    files = [(f"a{n}", tag, _file(words[tag], chance)) for n in range(asked.n) for tag in LANGUAGES]
    began = time.process_time()
    articles = [read(slug, tag, text).article for slug, tag, text in files]
    reading = time.process_time() - began
    building, megabytes, library = _build(articles)
    took = [_ask(library, words, chance) for _ in range(asked.questions)]
    cuts = statistics.quantiles(took, n=100)
    print(f"{len(articles)} articles, read in {reading:.2f} s")
    print(
        f"indexes: {max(building):.2f} s the longest, {sum(building):.2f} s and {megabytes:.0f} MB together"
    )
    print(f"a question: median {cuts[49]:.2f} ms, p95 {cuts[94]:.2f} ms, worst {max(took):.2f} ms")
    return 1 if cuts[94] > LIMIT_MS or megabytes > LIMIT_MB or max(building) > LIMIT_S else 0


def _build(articles: list[Article]) -> tuple[list[float], float, Library]:
    library, building = Library(articles, "en"), []
    for tag in LANGUAGES:
        began = time.process_time()
        library.edition(tag)
        building.append(time.process_time() - began)
    # Once more for the memory, which takes its time to be counted.
    tracemalloc.start()
    counted = Library(articles, "en")
    for tag in LANGUAGES:
        counted.edition(tag)
    megabytes = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return building, megabytes, library


def _words(tag: str, chance: random.Random) -> list[str]:
    """Return 3,000 words of a language's letters."""
    first, many = _LETTERS.get(tag, (0, 0))
    if many:
        return ["".join(chr(first + chance.randrange(many)) for _ in range(2)) for _ in range(3000)]
    return ["".join(chance.choices(_LATIN, k=chance.randint(3, 10))) for _ in range(3000)]


def _file(words: list[str], chance: random.Random) -> str:
    def some(count: int) -> str:
        # Few words are frequent, as in any language.
        return " ".join(words[int(len(words) * chance.random() ** 3)] for _ in range(count))

    also = "; ".join(some(4) for _ in range(5))
    return f"---\ntitle: {some(6)}\nalso: {also}\ncategory: account\n---\n{some(40)}\n\n{some(110)}\n"


def _ask(library: Library, words: dict[str, list[str]], chance: random.Random) -> float:
    tag = chance.choice(LANGUAGES)
    text = " ".join(words[tag][int(3000 * chance.random() ** 3)] for _ in range(25))
    began = time.process_time()
    library.search(text, tag)
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
