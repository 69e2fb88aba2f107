"""Reads Parquet files of dtollib with pyarrow and says what is in them, as JSON: `parquet_check.py PATH ...`."""

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq


def plain(column):
    """Cells as JSON has them: whole numbers as text (they may be beyond 2^53), doubles as the text of their bits."""
    if pa.types.is_timestamp(column.type) or pa.types.is_integer(column.type):
        return [None if cell is None else str(cell) for cell in column.cast(pa.int64()).to_pylist()]
    if pa.types.is_floating(column.type):
        return [None if cell is None else cell.hex() for cell in column.to_pylist()]
    return column.to_pylist()


for path in sys.argv[1:]:
    file = pq.ParquetFile(path)
    table = file.read()
    table.validate(full=True)
    about = json.loads(file.schema_arrow.metadata[b"dtollib"])
    print(json.dumps({
        "types": {field.name: str(field.type) for field in table.schema},
        "columns": {name: plain(table[name].combine_chunks()) for name in table.column_names},
        "about": about,
        "row_groups": file.metadata.num_row_groups,
        # Reading a part makes pyarrow skip pages.
        "second_half": file.read_row_group(file.metadata.num_row_groups - 1).num_rows,
    }))
