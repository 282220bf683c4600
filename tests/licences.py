#!/usr/bin/env python3
"""Checks the licence and the source of every dependency, on every platform, against deny.toml.

    tests/licences.py

Reads what `cargo metadata` says of the locked versions. `cargo deny check bans licenses sources` reads the same file and says the same,
and takes two minutes to compile first.
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def allowed(expression, allow):
    """Whether an SPDX expression can be met by licences of the list; AND binds closer than OR, as the standard has it."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    at = 0

    def either():
        nonlocal at
        met = both()
        while at < len(tokens) and tokens[at].upper() == "OR":
            at += 1
            met = both() or met
        return met

    def both():
        nonlocal at
        met = one()
        while at < len(tokens) and tokens[at].upper() == "AND":
            at += 1
            met = one() and met
        return met

    def one():
        nonlocal at
        token = tokens[at]
        at += 1
        if token == "(":
            met = either()
            at += 1
            return met
        if at + 1 < len(tokens) and tokens[at].upper() == "WITH":
            token = f"{token} WITH {tokens[at + 1]}"
            at += 2
        return token in allow

    return either() and at == len(tokens)


def main():
    with open(ROOT / "deny.toml", "rb") as opened:
        rules = tomllib.load(opened)
    allow = set(rules["licenses"]["allow"])
    banned = {ban["name"]: ban["reason"] for ban in rules["bans"]["deny"]}
    registries = {f"registry+{url}" for url in rules["sources"]["allow-registry"]}
    command = ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1", "--manifest-path", str(ROOT / "Cargo.toml")]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    wrong = []
    packages = [package for package in metadata["packages"] if package["source"] is not None]
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if not allowed(package["license"] or "none", allow):
            wrong.append(f"{name}: the licence {package['license']} is not in deny.toml")
        if package["source"] not in registries:
            wrong.append(f"{name}: comes from {package['source']}")
        if package["name"] in banned:
            wrong.append(f"{name}: {banned[package['name']]}")
    for package in metadata["packages"]:
        if package["source"] is None:
            wrong += [f"{package['name']}: the version of {need['name']} is not stated" for need in package["dependencies"] if need["req"] == "*"]
    for line in wrong:
        print(f"not ok: {line}")
    print(f"{len(packages)} packages")
    return 1 if wrong or not packages else 0


if __name__ == "__main__":
    sys.exit(main())
