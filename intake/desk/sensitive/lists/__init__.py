"""The word lists of BIP-39, a language a module: as one text, for most processes never meet most of them."""
