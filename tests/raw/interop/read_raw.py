"""Reads a .dt-raw v2 file as its documentation tells, with nothing but struct and json, and prints it as JSON."""

import json
import struct
import sys
from datetime import datetime

FORMATS = {"uint16": "H", "int16": "h", "int32": "i", "float32": "f"}


def read_json(file):
    length = file.read(4)
    if not length:
        return None
    (size,) = struct.unpack("<I", length)
    text = file.read(size)
    if len(text) != size:
        raise ValueError("truncated")
    return json.loads(text)


def read_chunks(file, header):
    while (chunk := read_json(file)) is not None:
        count = header["n_channels"] * chunk["valid_samples"]
        letter = FORMATS[header["dtype"]]
        payload = file.read(count * struct.calcsize("<" + letter))
        codes = struct.unpack(f"<{count}{letter}", payload)
        n = chunk["valid_samples"]
        rows = [codes[i * n : (i + 1) * n] for i in range(header["n_channels"])]
        stamp = datetime.fromisoformat(chunk["t_utc"])
        yield {
            "keys": list(chunk),
            "seq": chunk["seq"],
            "event_kind": chunk["event_kind"],
            "first_sample_index": chunk["first_sample_index"],
            "valid_samples": n,
            "buffer_capacity": chunk["buffer_capacity"],
            "t_mono_ns": str(chunk["t_mono_ns"]),
            "t_utc": stamp.isoformat(timespec="microseconds"),
            "flags": chunk["flags"],
            "codes": rows,
        }


def main(path):
    with open(path, "rb") as file:
        header = read_json(file)
        assert header["format_version"] == 2, header["format_version"]
        started = datetime.fromisoformat(header["task_started_at"]).isoformat(timespec="microseconds")
        report = {"keys": list(header), "started": started, "header": header}
        report["chunks"] = list(read_chunks(file, header))
        print(json.dumps(report))


main(sys.argv[1])
