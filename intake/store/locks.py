"""The numbers of our locks in a PostgreSQL database; two of the same would keep each other waiting.

Any numbers do that no other program uses there. What is locked by a name of its own, such as an
address, is hashed to 64 bits where it is asked for.
"""

# Making the tables, or bringing them up to date: "migra".
MIGRATE = 0x6D69677261
# Asking how it went: "survey".
SURVEYS = 0x737572766579
# Doing the steps of promises that run out: "escala".
PROMISES = 0x657363616C61
# Looking at the clock for tickets of which nothing is heard: "quiet".
SILENCE = 0x7175696574
# Agreeing on the keys that the desk signs with: "keys".
KEYS = 0x6B657973
# Writing what is imported, a few tickets at a time: "import".
IMPORTS = 0x696D706F7274
# Going on with the record that shows tampering: "record".
RECORD = 0x7265636F7264
