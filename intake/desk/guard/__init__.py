"""What an agent's words are looked through for before they leave: links, other channels, addresses, files,
and sentences that ask for a secret. Pure; no URL is ever fetched."""
