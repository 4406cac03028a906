"""Which addresses of the internet are everybody's, and which lead into somebody's own network."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one that anybody may reach, whichever way it is written.

    >>> is_public(IPv4Address("93.184.216.34")), is_public(IPv4Address("10.0.0.1")), is_public(IPv6Address("::1"))
    (True, False, False)
    >>> is_public(IPv6Address("::ffff:127.0.0.1")), is_public(IPv6Address("64:ff9b::10.0.0.1"))
    (False, False)
    """
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            within = IPv4Address(int(address) & 0xFFFFFFFF)
        if within:
            return is_public(within)
    return address.is_global and not address.is_multicast
