"""A new Debian of its own, that systemd starts in namespaces of this machine: units, users and folders are real.

It shares the kernel and nothing else: processes, files, network and control groups are its own.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy.programs import program

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 300
ALWAYS = ("systemd", "systemd-sysv", "dbus", "openssl", "ca-certificates", "procps")
START = """
set -e
echo $$ > "$2/cgroup.procs"
exec unshare --mount --pid --uts --ipc --cgroup --net --fork --kill-child /bin/sh -ec '
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$2,upperdir=$3/changes,workdir=$3/work" "$1"
mount -t proc proc "$1/proc"
mount -t sysfs sysfs "$1/sys"
mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
for place in run tmp; do mount -t tmpfs tmpfs "$1/$place"; done
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
for device in null zero full random urandom tty; do
    touch "$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
done
mkdir "$1/dev/pts" "$1/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
mount -t tmpfs tmpfs "$1/dev/shm"
ln -s pts/ptmx "$1/dev/ptmx"
ln -s /proc/self/fd "$1/dev/fd"
ln -s /proc/self/fd/0 "$1/dev/stdin"
ln -s /proc/self/fd/1 "$1/dev/stdout"
ln -s /proc/self/fd/2 "$1/dev/stderr"
cd "$1"
mkdir -p outside
pivot_root . outside
umount -l /outside
container=lanzarote exec /lib/systemd/systemd
' start "$1" "$3" "$4"
"""
"""A control group, namespaces, the file systems that a machine has, and then process 1."""


def make(root: Path, packages: Sequence[str], *, system: bool = True) -> None:
    """Install a minimal Debian with *packages*, and *system* to start it by, into the folder *root*."""
    wanted = ",".join((*(ALWAYS if system else ()), *packages))
    include = [f"--include={wanted}"] if wanted else []
    call(program("mmdebstrap", "mmdebstrap"), "--quiet", "--variant=minbase", *include, "trixie", root)


def call(*command: str | Path, **options: object) -> str:
    done = subprocess.run(  # type: ignore[call-overload]
        [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, **options
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))[:200]}\n{done.stdout[-6000:]}"
    said: str = done.stdout
    return said


class Debian:
    """What ``make`` installed into *installed*, which stays as it is, running until the block ends.

    What changes is in *folder*; ``changes`` of it may be filled beforehand.
    """

    def __init__(self, installed: Path, folder: Path) -> None:
        self.changes = folder / "changes"
        self._installed, self._folder, self._group = installed, folder, folder / "groups"
        for name in ("changes/etc", "work", "root"):
            (folder / name).mkdir(parents=True)

    def __enter__(self) -> Debian:
        if os.geteuid():
            pytest.skip("only root can start another Debian")
        (self.changes / "etc" / "hostname").write_text("lanzarote\n")
        (self.changes / "etc" / "hosts").write_text("127.0.0.1 localhost lanzarote lanzarote.example.org\n")
        self._group.mkdir()
        call("mount", "-t", "cgroup2", "cgroup2", self._group)
        self._own = self._group / f"lanzarote-{os.getpid()}-{self._folder.name}"
        self._own.mkdir()
        # It must not hold the ends of this process's pipes, which it outlives.
        places = (self._folder / "root", self._own, self._installed, self._folder)
        command = ["setpriv", "--pdeathsig", "KILL", "/bin/sh", "-c", START, "start", *map(str, places)]
        nowhere = subprocess.DEVNULL
        self._outer = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere)
        try:
            until = time.monotonic() + PATIENCE
            while self._try("systemctl is-system-running") not in ("running\n", "degraded\n"):
                assert time.monotonic() < until, "systemd did not start"
                time.sleep(0.2)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._outer.kill()  # and process 1 with it, and with that all others
        self._outer.wait()
        for _attempt in range(100):
            for group in sorted(self._own.rglob("*/"), reverse=True):
                if group.is_dir():
                    remove(group)
            if remove(self._own):
                break
            time.sleep(0.1)
        call("umount", self._group)
        self._group.rmdir()

    def type(self, text: str) -> str:
        """Type *text* as root; gives what was printed. A command that fails ends it, and the test."""
        try:
            return call(*self._inside(), "/bin/bash", "-euo", "pipefail", "-c", f"cd /root\n{text}")
        except AssertionError as fault:
            raise AssertionError(f"{fault}\n{self._try('journalctl --no-pager -n 60')}") from None

    def put(self, file: Path, to: str) -> None:
        """Copy a file or folder of this machine into the folder *to*."""
        with subprocess.Popen(["tar", "-C", file.parent, "-cf", "-", file.name], stdout=subprocess.PIPE) as packed:
            call(*self._inside(), "tar", "-C", to, "--no-same-owner", "-xf", "-", stdin=packed.stdout)

    def _try(self, text: str) -> str:
        if not (inside := self._inside()):
            return ""
        command = [*inside, "/bin/bash", "-c", f"cd /\n{text}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE).stdout

    def _inside(self) -> list[str]:
        try:
            children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()
        except FileNotFoundError:
            return []
        if not children:
            return []
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
        usual = ("HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", path)
        return ["nsenter", f"--target={children[0]}", "--all", "--root", "env", "-i", *usual]


def remove(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
