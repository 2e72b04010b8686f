#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian's packages, installed in a system that has never had them, and README's commands there, under
# a systemd that was started for it. share/debian/tests/everyday has what is tried.
#
# The system is this one's, with all that is changed in a layer of its own above it. DD_ROOT names
# another one, as debootstrap makes it; it makes that if there is none.
set -u

. "$(dirname "$0")/begin.sh"
suite=bookworm

skip() {
    echo "skipped: $*"
    exit 0
}

[ "$(id -u)" -eq 0 ] || skip "only root can have a system of its own"
for tool in dpkg-buildpackage dh dh_python3 apt-get unshare nsenter; do
    command -v $tool >/dev/null || skip "there is no $tool"
done
case $BUILD in
    */san | */coverage) skip "packages aren't built for sanitizers or for a report of coverage" ;;
esac
unshare -m -p -f -u -i -n true 2>out || skip "namespaces can't be had: $(cat out)"

# ---- packages ----------------------------------------------------------------------------------------

# They are made of what has been built already. Their folder is the sources' own, so it is a copy.
top=$room/sources
mkdir "$top"
(cd "$source" && find . -mindepth 1 -maxdepth 1 ! -name .git ! -name 'build*' ! -name '.build*' \
    ! -name '*.tar.gz' ! -name '*.deb' -exec cp -a {} "$top" \;)
check env DD_BUILD="$BUILD" DEB_BUILD_OPTIONS="noautodbgsym parallel=2" make -s -C "$top" BUILD=build deb
[ "$failures" -eq 0 ] || exit 1
check make -s -C "$source" BUILD="${BUILD#"$source/"}" DESTDIR="$room/installed" PREFIX=/usr/local install
ls "$top"/*.deb >out
[ "$(wc -l <out)" -eq 4 ] || fail "there are other packages than four"
if command -v lintian >/dev/null; then
    check lintian --allow-root --fail-on error,warning "$top"/build/deb/*.changes
    [ ! -s out ] || fail "lintian"
fi

# ---- a system ----------------------------------------------------------------------------------------

lower=${DD_ROOT:-/}
if [ ! -e "$lower/etc/os-release" ]; then
    command -v debootstrap >/dev/null || skip "there is no debootstrap"
    # What the packages need is there already: their network is nobody's.
    needs=$(for package in "$top"/*.deb; do dpkg-deb -f "$package" Depends | tr ',' '\n'; done |
        sed 's/[|(].*//; s/:any//; s/ //g' | grep -v -e '^libdd' -e '-dev$' | sort -u | paste -sd ,)
    check debootstrap --variant=minbase --include="$needs,iproute2,logrotate,procps" "$suite" \
        "$lower"
fi
[ -x "$lower/lib/systemd/systemd" ] || skip "there is no systemd in $lower"

# A hierarchy of control groups that is the system's own.
cgroup=/sys/fs/cgroup
[ -e $cgroup/cgroup.procs ] || cgroup=$cgroup/unified
cgroup=$cgroup/dd-test-$$
mkdir "$cgroup" 2>out || skip "control groups can't be had: $(cat out)"

init=
outer=
clean() {
    # Who waits for the first of its processes goes when all have gone.
    kill -KILL "${init:-$outer}" 2>/dev/null
    wait 2>/dev/null
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
    rm -rf "$room"
}
trap clean EXIT

cat >begin <<'INNER'
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs "$room/system"
cd "$room/system"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=upper,workdir=work" root
cp -R "$room/installed" "$room/sources/share/debian/tests/everyday" root/root
cp "$room"/sources/doubledecker_*.deb root/root/doubledecker.deb
cp "$room"/sources/libdd1_*.deb root/root/libdd1.deb
cp "$room"/sources/python3-doubledecker_*.deb root/root/python3-doubledecker.deb
cd root
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for folder in run tmp dev; do mount -t tmpfs tmpfs $folder; done
for device in null zero full random urandom tty; do
    touch dev/$device
    mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
# None of what the host runs besides, nothing that forbids services, and nothing that it has of ours.
rm -rf usr/sbin/policy-rc.d etc/systemd/system etc/doubledecker var/log/doubledecker var/log/journal
sed -i '/^doubledecker:/d' etc/passwd etc/group etc/shadow etc/gshadow
: >etc/fstab
[ -e etc/hosts ] || echo '127.0.0.1 localhost' >etc/hosts
ip link set lo up
mkdir old
pivot_root . old
umount -l /old
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd \
    --system --unit=multi-user.target --log-target=null --show-status=no
INNER

mkdir system
# shellcheck disable=SC2016  # expanded by the inner shell
room=$room lower=$lower sh -c 'echo $$ >"$1/cgroup.procs" && exec unshare -C -m -p -u -i -n -f --kill-child \
    sh begin' begin "$cgroup" >boot 2>&1 </dev/null &
outer=$!
find_init() {
    init=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null) && init=${init% } && [ -n "$init" ]
}
inside() {
    nsenter -t "$init" -m -p -u -i -n -C env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}
is_up() {
    kill -0 "$outer" && find_init && inside test -S /run/systemd/private
}
deadline=$(($(date +%s) + 60))
until is_up 2>/dev/null; do
    if ! kill -0 "$outer" 2>/dev/null || [ "$(date +%s)" -ge "$deadline" ]; then
        skip "no system could be started: $(tail -n 3 boot)"
    fi
    sleep .05
done
inside systemctl is-system-running --wait >out 2>&1

# ---- the commands ------------------------------------------------------------------------------------

apt() {
    check inside env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}
apt install -y --no-install-recommends /root/doubledecker.deb /root/libdd1.deb /root/python3-doubledecker.deb
[ "$failures" -eq 0 ] && check inside /root/everyday && cat out

# ---- another version, and none any more --------------------------------------------------------------

main_pid() {
    inside systemctl show -P MainPID ddbroker@top
}
check inside systemctl start ddbroker@top
before=$(main_pid)
apt install --reinstall -y /root/doubledecker.deb /root/libdd1.deb
[ "$(main_pid)" != "$before" ] && [ "$(main_pid)" -ne 0 ] || fail "the old program still runs after an upgrade"
apt purge -y doubledecker libdd1
inside systemctl is-active ddbroker@top >out && fail "a broker runs whose program is gone"
inside test -e /var/log/doubledecker -o -e /lib/systemd/system/ddbroker@.service && fail "purge leaves something"
check inside test -e /etc/doubledecker/broker-keys.json

# ---- the same by hand --------------------------------------------------------------------------------

check inside sh -ec 'rm -rf /etc/doubledecker && userdel doubledecker && cp -a /root/installed/. / && ldconfig
    systemd-sysusers /usr/local/lib/sysusers.d/doubledecker.conf
    systemd-tmpfiles --create /usr/local/lib/tmpfiles.d/doubledecker.conf
    systemctl daemon-reload
    ddkeys -t a,b
    cp /usr/local/share/doc/doubledecker/examples/ddbroker.conf /etc/doubledecker/top.conf
    systemctl enable --now ddbroker@top'

end
