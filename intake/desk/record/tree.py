"""The Merkle tree of the record (RFC 6962, section 2.1), with its proofs.

A hash of a leaf begins with a 0 and one of a node with a 1, so that neither can be passed off as the other.
"""

import hashlib
from collections.abc import Iterable, Sequence

# The root of a tree without leaves.
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """As much of a tree as is needed to go on with it: the roots of its full subtrees, the largest first."""

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        """`nodes` belong to a tree of `size` leaves. Raises ValueError where their number says otherwise."""
        self.size, self.nodes = size, list(nodes)
        if len(self.nodes) != size.bit_count():
            raise ValueError(f"{len(self.nodes)} nodes are not the edge of a tree of {size} leaves")

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        full, node = self.size, leaf
        while full & 1:
            node = node_hash(self.nodes.pop(), node)
            full >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self.nodes:
            return EMPTY
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = node_hash(left, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over these hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion(leaves: Sequence[bytes], at: int) -> list[bytes]:
    """Return the proof that the leaf `at` is in the tree of `leaves` (RFC 6962, 2.1.1).

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= at < len(leaves):
        raise IndexError(f"there is no leaf {at} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if at < split:
        return [*inclusion(leaves[:split], at), root(leaves[split:])]
    return [*inclusion(leaves[split:], at - split), root(leaves[:split])]


def included(leaf: bytes, at: int, size: int, proof: Sequence[bytes], wanted: bytes) -> bool:
    """Whether `proof` shows that `leaf` is number `at` of `size` in the tree whose root is `wanted`."""
    if not 0 <= at < size:
        return False
    node, index, last, rest = leaf, at, size - 1, list(proof)
    while last:
        if index & 1 or index < last:
            if not rest:
                return False
            beside = rest.pop(0)
            node = node_hash(beside, node) if index & 1 else node_hash(node, beside)
        index, last = index >> 1, last >> 1
    return not rest and node == wanted


def consistency(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Return the proof that the tree of the first `size` leaves is the beginning of that of all (2.1.2).

    Raises ValueError where it cannot be.
    """
    if not 0 < size <= len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves does not begin with one of {size}")
    return _subproof(leaves, size, whole=True)


def _subproof(leaves: Sequence[bytes], size: int, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(leaves[:split], size, whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, whole=False), root(leaves[:split])]


def consistent(size: int, first: bytes, larger: int, second: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that a tree of `size` leaves (root `first`) begins one of `larger` (`second`)."""
    if not 0 < size <= larger:
        return False
    if size == larger:
        return first == second and not proof
    rest = list(proof)
    index, last = size - 1, larger - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    if index and not rest:
        return False
    # A tree that is full by itself is a node of the larger one, and needs no proof.
    old = new = rest.pop(0) if index else first
    while last:
        if index & 1 or index < last:
            if not rest:
                return False
            beside = rest.pop(0)
            if index & 1:
                old, new = node_hash(beside, old), node_hash(beside, new)
            else:
                new = node_hash(new, beside)
        index, last = index >> 1, last >> 1
    return not rest and old == first and new == second


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
