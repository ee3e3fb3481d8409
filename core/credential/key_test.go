package credential

import (
	"net/netip"
	"reflect"
	"testing"
	"unsafe"

	"portcullis/core/instruction"
)

// TestKeyIsSmall: what the gate asks of a key lies in one line of a processor's cache, and all of it in two.
func TestKeyIsSmall(t *testing.T) {
	var k Key
	if size, front := unsafe.Sizeof(k), unsafe.Offsetof(k.ID); size != 128 || front != 64 {
		t.Errorf("a key takes %d bytes, its front %d", size, front)
	}
}

// TestMandateKept: a key keeps every part of its mandate, whether it is shared with others, its own, or within the key.
//
// It was seen red where a network of IPv4 was kept as one of IPv6, one of more than 64 bits was cut, and where a second mandate left the first one's network.
func TestMandateKept(t *testing.T) {
	four, six := netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")
	const trade = instruction.MayRead | instruction.MayTrade
	caps := []instruction.Cap{{Asset: 2, PerDay: 7}}
	list := []instruction.Mandate{
		{},
		{Rights: trade},
		{Rights: trade, Expires: 77},
		{Rights: trade, Networks: []netip.Prefix{four}},
		{Rights: trade, Networks: []netip.Prefix{six}, Expires: 78},
		{Rights: instruction.MayRead, Networks: []netip.Prefix{netip.MustParsePrefix("::ffff:0:0/96")}},
		{Rights: trade, Networks: []netip.Prefix{netip.MustParsePrefix("2001:db8::/64")}},
		{Rights: trade, Networks: []netip.Prefix{netip.MustParsePrefix("2001:db8:0:1::7/128")}},
		{Rights: trade, Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.7/32")}},
		{Rights: trade, Networks: []netip.Prefix{four, six}},
		{Rights: trade, Networks: []netip.Prefix{six}, Markets: []instruction.Market{1, 2}},
		{Rights: trade, Trades: caps, Expires: 79},
		{Rights: trade, Withdrawals: caps},
		{Rights: 255},
	}
	k := New()
	for i := range list {
		in := instruction.CreateKey{ID: instruction.KeyID{byte(i + 1)}, Account: 2, Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: list[i]}
		if err := k.Create(instruction.Credential(i+1), &in, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(k *Keys, c int, m *instruction.Mandate) {
		t.Helper()
		key := k.Key(instruction.Credential(c))
		if got := key.Mandate(); !reflect.DeepEqual(got, *m) {
			t.Errorf("%d: %+v, want %+v", c, got, *m)
		}
		if key.Rights() != m.Rights || key.Listed() != (len(m.Networks) > 0) || key.Network().IsValid() != (len(m.Networks) == 1 && (m.Networks[0].Addr().Is4() || m.Networks[0].Bits() <= 64)) {
			t.Errorf("%d: rights %v, listed %v, network %v", c, key.Rights(), key.Listed(), key.Network())
		}
	}
	for i := range list {
		holds(k, i+1, &list[i])
	}
	for i := range list { // each takes the place of another
		m := &list[(i+4)%len(list)]
		if err := k.SetMandate(instruction.Credential(i+1), m); err != nil {
			t.Fatal(err)
		}
		holds(k, i+1, m)
	}
	w := instruction.Writer(nil)
	for i := range list {
		key := k.Key(instruction.Credential(i + 1))
		if key.setMandate(&list[i]); i == len(list)-1 { // bytes with rights that nobody has are none
			key.setMandate(&list[1])
		}
	}
	k.Fields(&w)
	back, r := New(), instruction.Reader(w.Bytes())
	if back.Fields(&r); r.End() != nil {
		t.Fatal(r.Err())
	}
	for i := range list[:len(list)-1] {
		holds(back, i+1, &list[i])
	}
}

// TestNames: keys of one integrator share its name, and each has its own label.
func TestNames(t *testing.T) {
	k := New()
	for i, n := range []struct{ label, integrator string }{{}, {"", "bots"}, {"", "bots"}, {"one", "bots"}, {"two", ""}} {
		in := instruction.CreateKey{ID: instruction.KeyID{byte(i + 1)}, Label: n.label, Integrator: n.integrator}
		if err := k.Create(instruction.Credential(i+1), &in, 1, 1); err != nil {
			t.Fatal(err)
		}
		if key := k.Key(instruction.Credential(i + 1)); key.Label() != n.label || key.Integrator() != n.integrator {
			t.Errorf("%q of %q, want %+v", key.Label(), key.Integrator(), n)
		}
	}
	if k.Key(2).integrator != k.Key(4).integrator || len(k.apps) != 1 {
		t.Error("an integrator's name is kept twice")
	}
}
