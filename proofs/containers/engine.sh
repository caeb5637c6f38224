#!/bin/sh
# Runs a Docker Engine with a Debian folder as its root: engine.sh ROOT WORK, by `unshare --mount`. What it writes lies in WORK, and the
# folder stays as it is. It has no network of its own (no bridge, no rules): containers take the machine's.
set -eu
root=$1
work=$2

mount --make-rprivate /
mkdir -p "$work/data" "$work/run" "$work/etc" "$root/.old" "$root/var/lib/docker"
mount --bind "$root" "$root"
mount --bind "$work/data" "$root/var/lib/docker"
mount --bind "$work/run" "$root/run"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
# Building needs names of hosts.
cp /etc/resolv.conf "$work/etc/resolv.conf"
[ -e "$root/etc/resolv.conf" ] || touch "$root/etc/resolv.conf"
mount --bind "$work/etc/resolv.conf" "$root/etc/resolv.conf"

cd "$root"
pivot_root . .old
umount --lazy /.old
exec /usr/sbin/dockerd --storage-driver vfs --bridge=none --iptables=false --ip6tables=false --log-level warn \
  --host unix:///run/docker.sock --exec-root /run/docker --pidfile /run/docker.pid
