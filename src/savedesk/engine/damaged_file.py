"""What pyarrow raises on a file that it cannot read: damaged, or of a kind that it does not know."""

import pyarrow as pa

DAMAGED_FILE = (
    pa.ArrowInvalid,
    pa.ArrowNotImplementedError,
    pa.ArrowTypeError,
    pa.ArrowKeyError,
    pa.ArrowIndexError,
)  # all but a want of memory, which is no fault of the file
