"""Fetch the Nu HTML checker, a jar too big to keep here, as pinned by its hash, with npm.

Prints where the jar is, or why it could not be had (exit 1).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "vnu-jar@26.9.27"
SHA256 = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"
JAR = Path(__file__).resolve().parent.parent / ".cache" / "vnu.jar"


def digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch():
    """Put the jar in place, whole and checked, or return what stood in the way."""
    if not shutil.which("java"):
        return "no Java (Debian: default-jre-headless)"
    if JAR.exists() and digest(JAR) == SHA256:
        return None
    npm = shutil.which("npm")
    if not npm:
        return "no npm to fetch it with (Debian: npm)"
    JAR.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=JAR.parent) as folder:
        try:
            packed = subprocess.run(
                [npm, "pack", PACKAGE, "--silent", "--ignore-scripts"],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"npm did not fetch {PACKAGE} within 300 s"
        tarballs = list(Path(folder).glob("*.tgz"))
        if packed.returncode or not tarballs:
            return f"npm could not fetch {PACKAGE}: {packed.stderr.strip()[:300] or 'no answer'}"
        fetched = Path(folder) / "vnu.jar"
        with tarfile.open(tarballs[0]) as tar, fetched.open("wb") as out:
            shutil.copyfileobj(tar.extractfile("package/build/dist/vnu.jar"), out)
        if digest(fetched) != SHA256:
            return f"{PACKAGE} is not the file that is pinned"
        os.replace(fetched, JAR)
    return None


if __name__ == "__main__":
    reason = fetch()
    print(f"Nu HTML checker: {reason or JAR}")
    sys.exit(1 if reason else 0)
