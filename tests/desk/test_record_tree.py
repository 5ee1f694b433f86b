"""The tree over the record: roots as RFC 6962 has them, proofs that hold, and none that holds for another."""

import json

import pytest
from each_case import each

from intake.desk.record.leaf import UPDATED, Plain, Statement, body, read
from intake.desk.record.tree import (
    EMPTY,
    Frontier,
    consistency,
    consistent,
    included,
    inclusion,
    leaf_hash,
    node_hash,
    root,
)

# The leaves and roots that implementations of RFC 6962 test with (certificate-transparency,
# merkle_tree_test: "test vectors").
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
LEAVES += [bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(count)]


def plain_root(leaves: list[bytes]) -> bytes:
    """As the RFC words it, without anything kept."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


def test_the_roots_are_those_of_the_standard() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    frontier = Frontier()
    for text, wanted in zip(LEAVES, ROOTS, strict=True):
        frontier.append(leaf_hash(text))
        assert wanted == frontier.root().hex()


@each("count", [*range(20), 31, 32, 33, 100])
def test_a_tree_that_is_gone_on_with_is_the_tree_of_all(count: int) -> None:
    leaves = hashes(count)
    assert plain_root(leaves) == root(leaves)
    half = Frontier()
    for leaf in leaves[: count // 2]:
        half.append(leaf)
    rest = Frontier(half.size, half.nodes)
    for leaf in leaves[count // 2 :]:
        rest.append(leaf)
    assert plain_root(leaves) == rest.root()


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="not the edge"):
        Frontier(3, [EMPTY])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 9, 21])
def test_a_leaf_is_shown_to_be_in_the_tree_and_no_other_is(count: int) -> None:
    leaves = hashes(count)
    for at, leaf in enumerate(leaves):
        proof = inclusion(leaves, at)
        assert included(leaf, at, count, proof, root(leaves))
        assert not included(leaf_hash(b"another"), at, count, proof, root(leaves))
        assert not included(leaf, at + 1, count, proof, root(leaves))
        assert not included(leaf, at, count, [*proof, EMPTY], root(leaves))
        assert not proof or not included(leaf, at, count, proof[:-1], root(leaves))
    with pytest.raises(IndexError, match="no leaf"):
        inclusion(leaves, count)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 9, 21])
def test_a_tree_is_shown_to_begin_another_and_no_other_does(count: int) -> None:
    leaves = hashes(count)
    for size in range(1, count + 1):
        proof, first = consistency(leaves, size), root(leaves[:size])
        assert consistent(size, first, count, root(leaves), proof)
        assert not consistent(size, EMPTY, count, root(leaves), proof)
        assert not consistent(size, first, count, EMPTY, proof)
        assert not consistent(size, first, count, root(leaves), [*proof, EMPTY])
        assert not proof or not consistent(size, first, count, root(leaves), proof[:-1])
    assert not consistent(count + 1, EMPTY, count, root(leaves), [])
    with pytest.raises(ValueError, match="does not begin"):
        consistency(leaves, count + 1)


def test_a_row_of_the_record_is_json_in_one_form() -> None:
    plain: dict[str, Plain] = {"b": 'a "quoted" \u00fc\u2028\\ \x00 \n', "a": None, "d": True, "c": -5}
    said = Statement("entry", 7, 5, UPDATED, 3, plain)
    sealed = {"text": "ab", "author's name": "cd"}
    fields = {
        "at": 5,
        "by": 3,
        "kind": "entry",
        "plain": plain,
        "row": 7,
        "sealed": sealed,
        "seq": 9,
        "why": UPDATED,
    }
    made = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert made == body(9, said, sealed)
    assert fields == read(made)
    for text in (made + " ", made[:-1], "[]", "{}", made.replace('"seq":9', '"seq":"9"'), 5, b"{}"):
        with pytest.raises(ValueError, match=r"no row of the record|Expecting|delimiter"):
            read(text)
