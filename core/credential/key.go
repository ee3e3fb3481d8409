package credential

import (
	"net/netip"

	"portcullis/core/instruction"
)

// Key is one credential. There may be a million of them, so that it is kept small: what the gate asks of every instruction
// stands in front, in one line of a processor's cache, and the rest in a second one.
type Key struct {
	Account    instruction.Account
	bits       uint8 // of network: 0 for none, from fours on those of an IPv4 one
	Quarantine instruction.QuarantineCause
	Canary     bool                 // a decoy that nobody who is honest ever uses
	Legacy     bool                 // brought from elsewhere as it was held there
	network    [8]byte              // the only one of its mandate, as an address begins
	terms      *instruction.Mandate // without an end, and without such a network; never nil, and shared
	integrator *string              // nil for none, and shared
	Created    instruction.Time
	Revoked    instruction.Time // 0 while it lives
	Renewed    instruction.Time // when somebody last said that it is wanted, by the clock of waits
	Expires    instruction.Time // last moment that it may do anything; 0 means no end. It is of its mandate

	ID       instruction.KeyID
	material string                 // bytes, and never shown
	label    *string                // nil for none
	Imported instruction.Time       // of a legacy one: when it came here, by the clock of waits
	Shut     instruction.Time       // when it was put into quarantine, by the clock of waits
	Incident instruction.IncidentID // for which it is in quarantine; restored, the one for which it never is again
	Scheme   instruction.Scheme
	warned   uint8 // how many notices of its age were given since it was renewed
}

// fours is what is added to the bits of an IPv4 network.
const fours = 128

// plain are the terms of keys that no market, cap or list of networks binds, by their rights.
var plain = func() (all [256]instruction.Mandate) {
	for i := range all {
		all[i].Rights = instruction.Rights(i) // #nosec G115 -- below 256
	}
	return all
}()

// Owner says that it is an owner's credential.
func (k *Key) Owner() bool { return k.terms.Rights.Has(instruction.MayOwn) }

// Rights is what it may do, of its mandate.
func (k *Key) Rights() instruction.Rights { return k.terms.Rights }

// Terms is its mandate without an end, and without a network where that is the only one and has 64 bits at most: see Expires
// and Network. Those are a key's own, and all else is what many have in common. It must not be changed.
func (k *Key) Terms() *instruction.Mandate { return k.terms }

// Network is the network that its mandate has beside those of its terms; not valid where there is none.
func (k *Key) Network() netip.Prefix {
	switch {
	case k.bits == 0:
		return netip.Prefix{}
	case k.bits >= fours:
		return netip.PrefixFrom(netip.AddrFrom4([4]byte(k.network[:4])), int(k.bits-fours))
	}
	var a [16]byte
	copy(a[:], k.network[:])
	return netip.PrefixFrom(netip.AddrFrom16(a), int(k.bits))
}

// Listed says that its mandate names the networks that it may come from.
func (k *Key) Listed() bool { return k.bits != 0 || len(k.terms.Networks) > 0 }

// Mandate is all that it may do. Its lists must not be changed.
func (k *Key) Mandate() instruction.Mandate {
	m := *k.terms
	m.Expires = k.Expires
	if k.bits != 0 {
		m.Networks = []netip.Prefix{k.Network()}
	}
	return m
}

// keeps notes a network within the key, where it has room for it.
func (k *Key) keeps(n netip.Prefix) bool {
	switch bits := n.Bits(); {
	case bits <= 0, !n.Addr().Is4() && bits > 64:
		return false
	case n.Addr().Is4():
		a := n.Addr().As4()
		copy(k.network[:], a[:])
		k.bits = uint8(fours + bits) // #nosec G115 -- 129 to 160
	default:
		a := n.Addr().As16()
		copy(k.network[:], a[:])
		k.bits = uint8(bits) // #nosec G115 -- 1 to 64
	}
	return true
}

// setMandate takes a mandate apart.
func (k *Key) setMandate(m *instruction.Mandate) {
	rest := instruction.Mandate{Rights: m.Rights, Markets: m.Markets, Networks: m.Networks, Trades: m.Trades, Withdrawals: m.Withdrawals, Codes: m.Codes}
	k.Expires, k.network, k.bits = m.Expires, [8]byte{}, 0
	if len(m.Networks) == 1 && k.keeps(m.Networks[0]) {
		rest.Networks = nil
	}
	if len(rest.Markets)+len(rest.Networks)+len(rest.Trades)+len(rest.Withdrawals)+len(rest.Codes) == 0 {
		k.terms = &plain[rest.Rights]
		return
	}
	k.terms = &rest
}

// Label is what its owner calls it, "" for nothing.
func (k *Key) Label() string { return textOf(k.label) }

// Integrator is the third party it was made for, "" for none.
func (k *Key) Integrator() string { return textOf(k.integrator) }

func textOf(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// Material is a copy of its public key, or of its sealed secret; a tombstone keeps a public key and no secret. It is nil where
// there is none: by that the edges know that nothing can be verified.
func (k *Key) Material() []byte {
	if k.material == "" {
		return nil
	}
	return []byte(k.material)
}
