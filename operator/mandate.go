package operator

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"portcullis/core/instruction"
)

// ParseNetwork reads a network as keys and configurations list them: an address alone, or with its length in bits. The error
// says what would be right.
func ParseNetwork(text string) (netip.Prefix, error) {
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

// expiry reads when a key ends: a day (its end, UTC), a moment, or a time from now on.
func expiry(text string, now instruction.Time) (instruction.Time, error) {
	if text == "" {
		return 0, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return instruction.TimeOf(day) + instruction.Day - 1, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return instruction.TimeOf(at), nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n > 0 {
			return now + instruction.Time(n)*instruction.Day, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= time.Second {
		return now + instruction.Time(d.Microseconds()), nil
	}
	return 0, fmt.Errorf("%q is no end for a key: write a day such as 2027-01-31, a moment such as 2027-01-31T12:00:00Z, or a time from now such as 90d or 12h", text)
}

// mandate reads what a key may do.
func (s *Server) mandate(in *CreateKey) (instruction.Mandate, *problem) {
	m := instruction.Mandate{Rights: instruction.MayRead}
	var err error
	if len(in.Rights) > 0 {
		if m.Rights, err = instruction.ParseRights(strings.Join(in.Rights, ",")); err != nil {
			return m, wrong("malformed-mandate", "%s", sentence(err))
		}
	}
	if len(in.Symbols) > instruction.MaxMandateMarkets || len(in.Networks) > instruction.MaxMandateNetworks {
		return m, wrong("malformed-mandate", "A key lists at most %d symbols and %d networks.", instruction.MaxMandateMarkets, instruction.MaxMandateNetworks)
	}
	for _, text := range in.Networks {
		p, err := ParseNetwork(text)
		switch {
		case err != nil:
			return m, wrong("malformed-network", "%s", sentence(err))
		case slices.Contains(m.Networks, p):
			return m, wrong("malformed-network", "The network %s is listed twice.", p)
		}
		m.Networks = append(m.Networks, p)
	}
	now := s.cfg.Engine.Now()
	if m.Expires, err = expiry(in.Expires, now); err != nil {
		return m, wrong("malformed-expiry", "%s", sentence(err))
	}
	if m.Expires != 0 && m.Expires <= now {
		return m, wrong("malformed-expiry", "The key would have ended at %s, and now it is %s.", text(m.Expires), text(now))
	}
	var bad *problem
	m.Markets, bad = s.markets(in.Symbols)
	return m, bad
}
