// Package network reads networks as people list them: on keys, in configurations and in commands.
//
// It owns nothing. It refuses what is no limit (/0), what says two things (bits behind the length, IPv4 in the clothes of
// IPv6) and what means something on one machine only (zones).
package network

import (
	"fmt"
	"net/netip"
)

// Parse reads an address alone, or a network with its length in bits. The error says what would be right.
func Parse(text string) (netip.Prefix, error) {
	var none netip.Prefix
	if addr, err := netip.ParseAddr(text); err == nil {
		if addr.Zone() != "" {
			return none, fmt.Errorf("%q names an interface of one machine: leave out %%%s", text, addr.Zone())
		}
		if addr.Is4In6() {
			return none, fmt.Errorf("%q is an IPv4 address in the clothes of IPv6: write %s", text, addr.Unmap())
		}
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return none, fmt.Errorf("%q is no network: write an address such as 203.0.113.7, or a network such as 203.0.113.0/24 or 2001:db8::/48", text)
	case p.Addr().Is4In6():
		if p.Bits() < 96 {
			return none, fmt.Errorf("%q mixes IPv4 and IPv6: list the networks of each in its own form", text)
		}
		return none, fmt.Errorf("%q is an IPv4 network in the clothes of IPv6: write %s", text, netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96).Masked())
	case p.Bits() == 0:
		return none, fmt.Errorf("%q is every address there is, and so no limit: list the networks that are meant, or none at all", text)
	case p.Masked() != p:
		return none, fmt.Errorf("%q has bits set behind its length: write %s for the network, or %s for that address alone", text, p.Masked(), p.Addr())
	}
	return p, nil
}
