package network

import (
	"net/netip"
	"strings"
	"testing"
)

// TestParse: what is a network, and what is said of what is none.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.7": "203.0.113.7/32", "203.0.113.0/24": "203.0.113.0/24", "2001:db8::/48": "2001:db8::/48", "2001:db8::1": "2001:db8::1/128",
	} {
		if p, err := Parse(text); err != nil || p.String() != want {
			t.Errorf("%s: %v %v", text, p, err)
		}
	}
	for text, want := range map[string]string{
		"": "is no network", "example": "is no network", "203.0.113.7/33": "is no network", "fe80::1%eth0": "leave out %eth0",
		"::ffff:203.0.113.7": "write 203.0.113.7", "::ffff:203.0.113.0/120": "write 203.0.113.0/24", "::ffff:0:0/90": "mixes IPv4 and IPv6",
		"0.0.0.0/0": "no limit", "::/0": "no limit", "203.0.113.7/24": "write 203.0.113.0/24",
	} {
		if p, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) || p != (netip.Prefix{}) {
			t.Errorf("%q: %v %v", text, p, err)
		}
	}
}

// FuzzParse: what is taken is a network as it is written back, and never everything.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"203.0.113.7", "203.0.113.0/24", "2001:db8::/48", "::ffff:1.2.3.4", "::/0", "fe80::1%lo", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(p.String()); err != nil || again != p || p.Bits() == 0 || p.Masked() != p {
			t.Errorf("%q is %v, and that %v %v", text, p, again, err)
		}
	})
}
