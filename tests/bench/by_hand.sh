#!/usr/bin/env bash
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What site.yml does, as an expert in a hurry would do it on the lab: no checks, no second run, all hosts in parallel.
# Usage: by_hand.sh CONTAINER_PREFIX CLIENTS_PREFIX INTERCONNECT_PREFIX PASSWORD
set -euo pipefail
containers=$1 clients=$2 interconnect=$3 password=$4
vip=$clients.10
nodes="$interconnect.11 $interconnect.12 $interconnect.13"
peers="${nodes// /, }"

on() { podman exec -i "$containers-$1" bash -euo pipefail -s; }

everywhere() {  # on the hosts named, in parallel, the script on standard input
    local script host pids=()
    script=$(cat)
    for host; do on "$host" <<<"$script" & pids+=($!); done
    for pid in "${pids[@]}"; do wait "$pid"; done
}

everywhere pool1 pool2 pool3 <<EOF
cat > /etc/nftables.conf <<X
table inet samba_ha {
  chain input {
    type filter hook input priority filter - 5; policy accept;
    iifname lo accept
    ct state established,related accept
    iifname eth0 tcp dport 445 accept
    iifname eth1 ip saddr { $peers } tcp dport { 4379, 24007-24008, 49152-49251 } accept
    tcp dport { 445, 4379, 24007-24008, 49152-49251 } drop
  }
}
X
systemctl -q enable --now nftables
sed -i 's/option max-port .*/option max-port 49251/' /etc/glusterfs/glusterd.vol
systemctl -q enable --now glusterd
mkdir -p /srv/gluster/data/brick /srv/gluster/lock/brick
EOF

on pool1 <<EOF
for node in $interconnect.12 $interconnect.13; do gluster --mode=script peer probe \$node; done
until [ "\$(gluster pool list | grep -c Connected)" = 3 ]; do sleep 0.2; done
for volume in data lock; do
    bricks=
    for node in $nodes; do bricks="\$bricks \$node:/srv/gluster/\$volume/brick"; done
    until gluster --mode=script volume create \$volume replica 3 \$bricks; do sleep 0.2; done
    gluster --mode=script volume set \$volume network.ping-timeout 10 server.tcp-user-timeout 10 \
        performance.stat-prefetch off performance.quick-read off performance.io-cache off performance.read-ahead off \
        performance.open-behind off performance.write-behind off user.cifs disable user.smb disable
    gluster --mode=script volume start \$volume
done
EOF

everywhere pool1 pool2 pool3 <<EOF
options=noauto,_netdev,acl,attribute-timeout=0,entry-timeout=0,direct-io-mode=enable
for volume in data lock; do
    mkdir -p /srv/samba_ha/\$volume
    echo "localhost:/\$volume /srv/samba_ha/\$volume glusterfs \$options 0 0" >> /etc/fstab
    until mount /srv/samba_ha/\$volume; do sleep 0.5; done
done
systemctl -q disable --now smbd nmbd winbind
cat > /etc/samba/smb.conf <<X
[global]
    netbios name = FILES
    clustering = yes
    registry shares = yes
    passdb backend = tdbsam
    idmap config * : backend = tdb2
    idmap config * : range = 1000000-1999999
    interfaces = lo eth0
    bind interfaces only = yes
    disable netbios = yes
    smb ports = 445
    server multi channel support = no
    posix locking = no
    kernel oplocks = no
    kernel share modes = no
    load printers = no
    disable spoolss = yes
X
printf '%s\n' $nodes > /etc/ctdb/nodes
cat > /etc/ctdb/ctdb.conf <<X
[logging]
    location = syslog
[cluster]
    cluster lock = /srv/samba_ha/lock/ctdb.lock
[legacy]
    realtime scheduling = false
X
echo CTDB_SAMBA_SKIP_SHARE_CHECK=yes > /etc/ctdb/script.options
ln -s /usr/share/ctdb/events/legacy/50.samba.script /etc/ctdb/events/legacy/
systemctl -q enable --now ctdb
groupadd --gid 69999 samba_ha
for user in alice:70001 bob:70002; do
    useradd --uid \${user#*:} --gid samba_ha --no-create-home --shell /usr/sbin/nologin \${user%:*}
done
until [ "\$(ctdb -X status 2>/dev/null | grep -c '|0|0|0|0|0|0|0|0|')" = 3 ]; do sleep 0.2; done
EOF

on pool1 <<EOF
for user in alice bob; do printf '%s\n%s\n' '$password' '$password' | pdbedit -a -t -u \$user >/dev/null; done
for share in data private; do
    install -d -m 2770 -g samba_ha /srv/samba_ha/data/\$share
    net conf addshare \$share /srv/samba_ha/data/\$share writeable=y guest_ok=n
    net conf setparm \$share 'vfs objects' glusterfs_fuse
    net conf setparm \$share 'create mask' 0660
    net conf setparm \$share 'directory mask' 2770
    net conf setparm \$share 'force group' samba_ha
done
net conf setparm data 'valid users' @samba_ha
net conf setparm private 'valid users' bob
EOF

everywhere fe1 fe2 <<EOF
cat > /etc/haproxy/haproxy.cfg <<X
global
    user haproxy
    group haproxy
    stats socket /run/haproxy/admin.sock mode 660 level admin
defaults
    mode tcp
    timeout connect 3s
    timeout client 8h
    timeout server 8h
frontend smb
    bind $vip:445 transparent
    default_backend pool
backend pool
    balance leastconn
    default-server check inter 2s fall 2 rise 2 on-marked-down shutdown-sessions
    server pool1 $clients.11:445
    server pool2 $clients.12:445
    server pool3 $clients.13:445
X
systemctl -q reload-or-restart haproxy
own=\$(ip -o -4 address show dev eth0 | awk '{sub("/.*", "", \$4); print \$4; exit}')
case \$own in *.21) peer=$clients.22 ;; *) peer=$clients.21 ;; esac
cat > /etc/keepalived/keepalived.conf <<X
vrrp_instance samba_ha {
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority 100
    unicast_src_ip \$own
    unicast_peer { \$peer }
    virtual_ipaddress { $vip/32 dev eth0 }
}
X
sed -i 's/unicast_peer { \(.*\) }/unicast_peer {\n \1\n }/; s/virtual_ipaddress { \(.*\) }/virtual_ipaddress {\n \1\n }/' \
    /etc/keepalived/keepalived.conf
systemctl -q enable --now keepalived
EOF
