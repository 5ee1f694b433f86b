"""Large files from one place to another: into a backup and back, and from a folder to a bucket."""

from collections.abc import Callable

from intake.ports import Temporary, UserError
from intake.store.files.port import WHOLE, Files


def copy_files(
    source: Files, target: Files, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Copy all files of `source`, durably; what is in `target` already, in its size, is the same.

    What was copied stays when it ends in the middle: begun again it goes on from there. `progress` is
    called with how many are there and their total. Returns how many there are. Raises UserError where
    one cannot be read or written.
    """
    count = 0
    try:
        names = [(file.name, file.size) for file in source.each() if WHOLE.fullmatch(file.name)]
        for name, size in names:
            there = target.there(name)
            if there is None or there.size != size:
                target.write(name, source.read(name))
            count += 1
            progress(count, len(names))
    except Temporary as err:
        raise UserError(f"Of the large files {count} are copied. {err}. Then run this again.") from err
    return count
