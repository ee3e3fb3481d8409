package network

import (
	"net/netip"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestParse: what is a network, and what is said of what is none.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.7":       "203.0.113.7/32",
		"203.0.113.0/24":    "203.0.113.0/24",
		"2001:db8::1":       "2001:db8::1/128",
		"2001:db8::/48":     "2001:db8::/48",
		"128.0.0.0/1":       "128.0.0.0/1",
		"2001:DB8:0:0::/48": "2001:db8::/48",
	} {
		if p, err := Parse(text); err != nil || p.String() != want {
			t.Errorf("%s: %v, %v", text, p, err)
		}
	}
	for text, want := range map[string]string{
		"":                   "is no network",
		"203.0.113":          "is no network",
		"203.0.113.7/33":     "is no network",
		"203.0.113.7/024":    "is no network",
		"203.0.113.07":       "is no network",
		" 203.0.113.7":       "is no network",
		"203.0.113.7-9":      "is no network",
		"203.0.113.7/24":     "write 203.0.113.0/24 for the network, or 203.0.113.7",
		"2001:db8::1/48":     "write 2001:db8::/48 for the network, or 2001:db8::1",
		"0.0.0.0/0":          "every address",
		"1.2.3.4/0":          "every address",
		"::/0":               "every address",
		"::ffff:1.2.3.4":     "write 1.2.3.4",
		"::ffff:1.2.3.0/120": "write 1.2.3.0/24",
		"::ffff:1.2.3.4/120": "write 1.2.3.0/24",
		"::ffff:0:0/95":      "mixes IPv4 and IPv6",
		"fe80::1%eth0":       "leave out %eth0",
		"fe80::%eth0/64":     "names an interface",
	} {
		if p, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, p, err, want)
		}
	}
}

// FuzzParse: what is accepted survives the journal's codec, limits something, and means the same when written out.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"203.0.113.7", "203.0.113.0/24", "::1", "2001:db8::/48", "::ffff:1.2.3.4/128", "0.0.0.0/0", "fe80::1%x", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		if p.Bits() == 0 || p.Addr().Is4In6() || p.Addr().Zone() != "" {
			t.Fatalf("%q was read as %v", text, p)
		}
		c := instruction.Writer(nil)
		c.Prefix(&p)
		r := instruction.Reader(c.Bytes())
		var back netip.Prefix
		r.Prefix(&back)
		if err := r.End(); err != nil || c.Err() != nil || back != p {
			t.Fatalf("%q: %v comes back as %v, %v, %v", text, p, back, c.Err(), err)
		}
		if again, err := Parse(p.String()); err != nil || again != p {
			t.Fatalf("%q: %v is read as %v, %v", text, p, again, err)
		}
	})
}
