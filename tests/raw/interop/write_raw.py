"""Writes a .dt-raw v2 file as the Python library does: its keys only, no checksums, codes widened or wrapped."""

import json
import struct
import sys

FORMATS = {"uint16": "H", "int16": "h", "int32": "i"}


def main(path, dtype):
    header = {
        "format_version": 2,
        "task": "bench",
        "device": "DT9806(00)",
        "channels": [{"name": "force", "unit": "V"}, {"name": "temp", "unit": None}],
        "sample_rate_hz": 1000.0,
        "block_period_ns": 1000000,
        "dtype": dtype,
        "n_channels": 2,
        "samples_per_buffer": 3,
        "task_started_at": "2026-05-28T12:34:56+00:00",
        "metadata": {"rig": "B"},
    }
    with open(path, "wb") as file:
        put(file, header)
        for seq in range(3):
            chunk = {
                "seq": seq,
                "event_kind": "buffer_done",
                "first_sample_index": 3 * seq,
                "valid_samples": 3,
                "buffer_capacity": 3,
                "t_mono_ns": 9007199254740993 + 3000000 * seq,
                "t_utc": f"2026-05-28T12:34:56.{100 + 3 * seq}500+00:00",
                "flags": ["overrun_marker"] if seq == 1 else [],
            }
            if seq == 1:
                chunk["event_kind"] = "buffer_done_with_flags"
            put(file, chunk)
            file.write(struct.pack("<6" + FORMATS[dtype], *[k if k < 3 else -k for k in range(6)]))


def put(file, fields):
    text = json.dumps(fields).encode()
    file.write(struct.pack("<I", len(text)) + text)


main(*sys.argv[1:])
