package credential

import (
	"net/netip"

	"portcullis/core/instruction"
)

// Key is one credential. There may be a million of them, so that it is kept small: what the gate asks of every instruction
// stands in front, in one line of a processor's cache, and the rest in a second one.
type Key struct {
	Account    instruction.Account
	Incident   instruction.IncidentID // for which it is in quarantine; restored, the one for which it never is again
	Created    instruction.Time
	Revoked    instruction.Time // 0 while it lives
	Renewed    instruction.Time // when somebody last said that it is wanted, by the clock of waits
	Expires    instruction.Time // last moment that it may do anything; 0 means no end. It is of its mandate
	network    [16]byte         // the only one of its mandate, as an address
	bits       uint8            // of network
	fours      bool             // network is one of IPv4
	listed     bool             // there is that one network; several are in terms, and none means any
	Scheme     instruction.Scheme
	Quarantine instruction.QuarantineCause
	Canary     bool  // a decoy that nobody who is honest ever uses
	Legacy     bool  // brought from elsewhere as it was held there
	warned     uint8 // how many notices of its age were given since it was renewed

	ID       instruction.KeyID
	terms    *instruction.Mandate // without an end and an only network; never nil, and shared
	names    *names               // nil where there are none; shared where there is no label
	material string               // bytes, and never shown
	Imported instruction.Time     // of a legacy one: when it came here, by the clock of waits
	Shut     instruction.Time     // when it was put into quarantine, by the clock of waits
}

// names are what people call a key by.
type names struct{ label, integrator string }

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

// Terms is its mandate without an end, and without a network where there is one alone: see Expires and Network. Both are the
// key's own, and all else is what many keys have in common. It must not be changed.
func (k *Key) Terms() *instruction.Mandate { return k.terms }

// Network is the only network of its mandate; not valid where that names none or several.
func (k *Key) Network() netip.Prefix {
	switch {
	case !k.listed:
		return netip.Prefix{}
	case k.fours:
		return netip.PrefixFrom(netip.AddrFrom4([4]byte(k.network[:4])), int(k.bits))
	}
	return netip.PrefixFrom(netip.AddrFrom16(k.network), int(k.bits))
}

// Listed says that its mandate names the networks that it may come from.
func (k *Key) Listed() bool { return k.listed || len(k.terms.Networks) > 0 }

// Mandate is all that it may do. Its lists must not be changed.
func (k *Key) Mandate() instruction.Mandate {
	m := *k.terms
	m.Expires = k.Expires
	if k.listed {
		m.Networks = []netip.Prefix{k.Network()}
	}
	return m
}

// setMandate takes a mandate apart.
func (k *Key) setMandate(m *instruction.Mandate) {
	rest := instruction.Mandate{Rights: m.Rights, Markets: m.Markets, Networks: m.Networks, Trades: m.Trades, Withdrawals: m.Withdrawals}
	k.Expires, k.listed, k.network, k.bits, k.fours = m.Expires, false, [16]byte{}, 0, false
	if len(m.Networks) == 1 {
		n := m.Networks[0]
		k.listed, k.bits, k.fours, rest.Networks = true, uint8(n.Bits()), n.Addr().Is4(), nil // #nosec G115 -- 0 to 128
		if k.fours {
			b := n.Addr().As4()
			copy(k.network[:], b[:])
		} else {
			k.network = n.Addr().As16()
		}
	}
	if len(rest.Markets)+len(rest.Networks)+len(rest.Trades)+len(rest.Withdrawals) == 0 {
		k.terms = &plain[rest.Rights]
		return
	}
	k.terms = &rest
}

// Label is what its owner calls it, "" for nothing.
func (k *Key) Label() string {
	if k.names == nil {
		return ""
	}
	return k.names.label
}

// Integrator is the third party it was made for, "" for none.
func (k *Key) Integrator() string {
	if k.names == nil {
		return ""
	}
	return k.names.integrator
}

// Material is a copy of its public key, or of its sealed secret; a tombstone keeps a public key and no secret.
func (k *Key) Material() []byte { return []byte(k.material) }
