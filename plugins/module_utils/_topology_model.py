# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The normalised model of the service, which the roles are told of. Controller side only."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    DIRECT,
    PROXY,
    Input,
    Network,
    choose,
    heartbeat_network,
    is_in,
    is_transparent,
    networks,
    parse_cidr,
    user_uid,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_backend import FILEID, backend_model
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_entry import entry_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_namespace import dfs_roots
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import (
    GLUSTER,
    PAIR,
    exporting_hosts,
    hosts_with,
    pair_models,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_servers import virtual_servers
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import share_model


def topology_model(data: Input) -> dict[str, t.Any]:
    """The normalised model of an input in which `topology_faults` finds nothing; it carries no passwords.

    Shape::

        virtual_name:          str; None without a pool
        access:                proxy | direct
        virtual_addresses:     [{address, prefix (int)}]; empty with direct access
        public_addresses:      [{address, prefix (int)}]; empty with access by proxy
        transparent:           whether smbd is to see the addresses of clients that come by front ends
        client_network, interconnect_network: CIDR
        heartbeat_network:     CIDR, or None without pairs
        pool, frontend:        [record], in the order of the inventory
          record:              {name, client_address, client_interface, interconnect_address, interconnect_interface}
        hosts:                 {name: record + role (pool | frontend | pair | quorum | nfs_server)}; that of a pair's
                               host also has heartbeat_address, heartbeat_interface, and pair, the name of its pair, and
                               that of an NFS server, also of a pair that is one, None for its address and interface in
                               the client network
        users:                 [{name, uid}]
        shares:                [{name, path, comment, read_only, users, parameters, nfs}], all filled in: path without
                               needless slashes, users None where all may use it, parameters in smb.conf's spelling
                               with their values as text
        dfs_roots:             [{name, path, comment, links}], path as in shares
          links:               [{path, targets}], path below the root with slashes, targets as `server\\share\\folder`
        pairs:                 [{name, aliases, address, prefix (int), hosts, nodes, functions, shares, storage, export,
                               bricks, fence, quorum}]
          aliases:             all other names by which clients dial it
          hosts:               names of the two
          nodes:               [{name, id (int), links}] of the two for Corosync; links are the addresses in the
                               interconnect and in the heartbeat network
          functions:           [file | print], or [nfs]; with that its address is in the interconnect
          export:              path that the pool mounts from it, None for a pair that does not export
          shares:              as above, their paths below the storage's top
          storage:             {type (gluster | nfs | device), source, options, fstype}, as mount(8) takes them
          bricks:              addresses of the hosts with bricks of its Gluster volume, the arbiter last
          fence:               {agent, options, hosts: {name: options}} without what is secret, or None
          quorum:              name of the quorum host, or None
        virtual_servers:       see `_topology_servers.virtual_servers`
        backend:               {type (gluster | nfs | mounted), source, options, xattrs}; source is the NFS export or
                               None, options a list of those that mount(8) is to be given besides the service's own,
                               xattrs whether shares need extended attributes
        vfs:                   glusterfs | glusterfs_fuse | fileid (with another backend than Gluster)
        profile:               upstream | balanced | fast
    """
    service = data["service"]
    entry = entry_of(data)
    client, interconnect = networks(entry, str(service["samba_ha_interconnect"]), exporting_hosts(service))
    hosts: dict[str, dict[str, t.Any]] = {}
    for name, host in data["hosts"].items():
        at_clients = choose(host, client, entry) if is_in(name, host, client) else None
        at_peers = choose(host, interconnect, entry)
        if at_peers is None or (at_clients is None and is_in(name, host, client)):
            raise ValueError(f"{name}: topology_model needs an input in which topology_faults finds nothing")
        hosts[name] = {
            "name": name,
            "client_address": at_clients.address if at_clients else None,
            "client_interface": at_clients.interface if at_clients else None,
            "interconnect_address": at_peers.address,
            "interconnect_interface": at_peers.interface,
            "role": host["roles"][0],
        }
    pairs = pair_models(data)
    for pair in pairs:
        for name in pair["hosts"]:
            hosts[name] |= {"pair": pair["name"], **_heartbeat(data, name)}
        _add_nodes(pair, hosts, interconnect)

    def having(role: str) -> list[dict[str, t.Any]]:
        return [
            {key: value for key, value in record.items() if key != "role"}
            for record in hosts.values()
            if record["role"] == role
        ]

    backend = backend_model(data, hosts)
    moving = [{"address": address, "prefix": entry.prefix} for address in entry.addresses]
    users = [{"name": user["name"], "uid": user_uid(user)} for user in service.get("samba_ha_users") or []]
    return {
        "virtual_name": service.get("samba_ha_virtual_name"),
        "access": DIRECT if entry.direct else PROXY,
        "virtual_addresses": [] if entry.direct else moving,
        "public_addresses": moving if entry.direct else [],
        "transparent": is_transparent(service),
        "client_network": client.cidr,
        "interconnect_network": str(parse_cidr(interconnect.cidr).cidr),
        "heartbeat_network": _heartbeat_cidr(data),
        "pool": having("pool"),
        "frontend": having("frontend"),
        "hosts": hosts,
        "users": users,
        "shares": [share_model(share) for share in service.get("samba_ha_shares") or []],
        "dfs_roots": dfs_roots(service.get("samba_ha_dfs_roots")),
        "pairs": pairs,
        "virtual_servers": virtual_servers(data),
        "backend": backend,
        "vfs": service["samba_ha_vfs"] if backend["type"] == GLUSTER else FILEID,
        "profile": service["samba_ha_profile"],
    }


def _add_nodes(pair: dict[str, t.Any], hosts: Mapping[str, Mapping[str, t.Any]], interconnect: Network) -> None:
    """What a pair's Corosync, Gluster and DRBD are told of its hosts.

    A node's number is its address's place in the interconnect: it stays when the hosts change places in the inventory.
    """
    own = [hosts[name] for name in pair["hosts"]]
    first = parse_cidr(interconnect.cidr).first
    pair["nodes"] = [
        {
            "name": host["name"],
            "id": int(parse_cidr(f"{host['interconnect_address']}/32").ip) - first,
            "links": [host["interconnect_address"], host["heartbeat_address"]],
        }
        for host in own
    ]
    members = [*own, hosts[pair["quorum"]]] if pair["storage"]["type"] == GLUSTER else []
    pair["bricks"] = [host["interconnect_address"] for host in members]
    disks = pair.pop("disks")
    pair["mirror"] = [
        {"name": host["name"], "address": host["interconnect_address"], "disk": disks[host["name"]]}
        for host in (own if disks else ())
    ]


def _heartbeat_cidr(data: Input) -> str | None:
    value = data["service"].get("samba_ha_heartbeat")
    return str(parse_cidr(value).cidr) if hosts_with(PAIR, data) else None


def _heartbeat(data: Input, name: str) -> dict[str, str]:
    """The address of a pair's host in the heartbeat network."""
    network = heartbeat_network(data["service"]["samba_ha_heartbeat"])
    chosen = choose(data["hosts"][name], network, entry_of(data))
    if chosen is None:
        raise ValueError(f"{name}: topology_model needs an input in which topology_faults finds nothing")
    return {"heartbeat_address": chosen.address, "heartbeat_interface": chosen.interface}
