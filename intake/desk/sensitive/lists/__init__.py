"""The word lists of BIP-39, a language a module."""
