"""Reads a .dt-raw file into numpy arrays, makes volts of its codes by its header alone, and tells the SHA-256 of both."""

import hashlib
import json
import struct
import sys

import numpy


def read_json(file):
    length = file.read(4)
    return json.loads(file.read(struct.unpack("<I", length)[0])) if length else None


with open(sys.argv[1], "rb") as file:
    header = read_json(file)
    channels = header["n_channels"]
    blocks = []
    while (chunk := read_json(file)) is not None:
        count = channels * chunk["valid_samples"]
        codes = numpy.fromfile(file, dtype=numpy.dtype(header["dtype"]).newbyteorder("<"), count=count)
        blocks.append(codes.reshape(channels, chunk["valid_samples"]))
codes = numpy.concatenate(blocks, axis=1)
volts = numpy.empty(codes.shape)
for i, channel in enumerate(header["channels"]):
    low, high = channel["low_volts"], channel["high_volts"]
    volts[i] = ((high - low) / 2 ** channel["bits"] * codes[i] + low) / channel["gain"]
digest = lambda array: hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()
print(json.dumps({"shape": codes.shape, "dtype": str(codes.dtype), "codes": digest(codes), "volts": digest(volts)}))
