package instruction

import (
	"fmt"
	"net/netip"
)

// Network is the part of an address that tells where it is: the /24 of IPv4, the /48 of IPv6. 0 is none.
type Network uint64

const (
	network4 = Network(4) << 60
	network6 = Network(6) << 60
)

// NetworkOf is the address's network; that of an IPv4 address in IPv6 form is its IPv4 network.
func NetworkOf(a netip.Addr) Network {
	a = a.Unmap()
	switch {
	case a.Is4():
		b := a.As4()
		return network4 | Network(b[0])<<16 | Network(b[1])<<8 | Network(b[2])
	case a.Is6():
		b := a.As16()
		var n Network
		for _, x := range b[:6] {
			n = n<<8 | Network(x)
		}
		return network6 | n
	}
	return 0
}

// Prefix is the network with its length; the zero Prefix for none.
func (n Network) Prefix() netip.Prefix {
	switch n &^ (1<<60 - 1) {
	case network4:
		// #nosec G115 -- each byte is cut out
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(n >> 16), byte(n >> 8), byte(n)}), 24) // #nosec G115 -- a byte of it each
	case network6:
		var b [16]byte
		for i := range 6 {
			b[i] = byte(n >> (40 - 8*i)) // #nosec G115 -- it is cut out
		}
		return netip.PrefixFrom(netip.AddrFrom16(b), 48)
	}
	return netip.Prefix{}
}

// String is the network in the usual notation; "none" for 0.
func (n Network) String() string {
	if n == 0 {
		return "none"
	}
	if p := n.Prefix(); p.IsValid() {
		return p.String()
	}
	return fmt.Sprintf("unknown(%d)", uint64(n))
}

// MarshalText is String, and nothing for 0.
func (n Network) MarshalText() ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	return []byte(n.String()), nil
}

// Sight says, by the venue itself, that a credential was used for reading, or that a tombstone or a decoy was used at all;
// from where is in the principal.
type Sight struct {
	Credential Credential
	Proven     bool // by a signature that verifies; without, whoever knows the key's name may have sent it
}

// CloseIncident ends an incident, by the operator's word.
type CloseIncident struct {
	Incident IncidentID
	Reason   string // what it was, and what was done; 1 to 500 bytes
}

// Sighted follows Sight.
type Sighted struct {
	Credential Credential
	Network    Network
	Proven     bool
}

// Alarmed says that a tombstone or a decoy was used, from where.
type Alarmed struct {
	Credential Credential
	Network    Network
	Proven     bool // by a signature, or by a name that only a stolen copy could have told
}

// IncidentOpened says that what was seen is taken for a theft.
type IncidentOpened struct {
	ID      IncidentID
	Cause   IncidentCause
	Network Network // where
}

// IncidentNoted says that the record belongs to an incident: a credential that is concerned did something.
type IncidentNoted struct {
	ID         IncidentID
	Credential Credential
	Network    Network
	Act        IncidentAct
}

// IncidentClosed follows CloseIncident.
type IncidentClosed struct {
	ID     IncidentID
	Reason string
}

// IncidentCause is what opened an incident: append-only.
type IncidentCause uint8

const (
	TombstoneProven   IncidentCause = 1 // a deleted key signed
	TwoTombstones     IncidentCause = 2 // two deleted keys were named from one network
	TombstoneWithLive IncidentCause = 3 // a deleted key was named from a network, and a living one, new there, was used
	CanaryUsed        IncidentCause = 4 // a decoy was named
	RuleIncident      IncidentCause = 5 // a critical rule stopped a key and put it into quarantine
	// Since layout version 5:
	Shortage   IncidentCause = 6 // a chain has less than the venue owes
	CoinsTaken IncidentCause = 7 // a transaction that is not on record took a coin of the venue
)

// IncidentAct is what a concerned credential did: append-only.
type IncidentAct uint8

const (
	UsedTombstone IncidentAct = 1
	UsedCanary    IncidentAct = 2
	UsedLive      IncidentAct = 3 // it read, or gave an instruction
	Quarantined   IncidentAct = 4 // it was put into quarantine
)

var (
	incidentCauseNames = names{"", "TOMBSTONE_PROVEN", "TWO_TOMBSTONES", "TOMBSTONE_WITH_LIVE", "CANARY", "RULE", "SHORTAGE", "COINS_TAKEN"}
	incidentActNames   = names{"", "USED_TOMBSTONE", "USED_CANARY", "USED_LIVE", "QUARANTINED"}
)

func (x IncidentCause) String() string               { return incidentCauseNames.text(int(x)) }
func (x IncidentCause) MarshalText() ([]byte, error) { return []byte(x.String()), nil }
func (x IncidentAct) String() string                 { return incidentActNames.text(int(x)) }
func (x IncidentAct) MarshalText() ([]byte, error)   { return []byte(x.String()), nil }

func (*Sight) Kind() Kind                    { return KindSight }
func (*CloseIncident) Kind() Kind            { return KindCloseIncident }
func (*Sighted) EventKind() EventKind        { return KindSighted }
func (*Alarmed) EventKind() EventKind        { return KindAlarmed }
func (*IncidentOpened) EventKind() EventKind { return KindIncidentOpened }
func (*IncidentNoted) EventKind() EventKind  { return KindIncidentNoted }
func (*IncidentClosed) EventKind() EventKind { return KindIncidentClosed }

func (i *Sight) fields(c *Codec) {
	Num32(c, &i.Credential)
	c.Bool(&i.Proven)
}

func (i *CloseIncident) fields(c *Codec) {
	Num32(c, &i.Incident)
	c.Text(&i.Reason)
}

func (e *Sighted) fields(c *Codec) {
	Num32(c, &e.Credential)
	Num64(c, &e.Network)
	c.Bool(&e.Proven)
}

func (e *Alarmed) fields(c *Codec) {
	Num32(c, &e.Credential)
	Num64(c, &e.Network)
	c.Bool(&e.Proven)
}

func (e *IncidentOpened) fields(c *Codec) {
	Num32(c, &e.ID)
	enum(c, &e.Cause, CoinsTaken)
	Num64(c, &e.Network)
}

func (e *IncidentNoted) fields(c *Codec) {
	Num32(c, &e.ID)
	Num32(c, &e.Credential)
	Num64(c, &e.Network)
	enum(c, &e.Act, Quarantined)
}

func (e *IncidentClosed) fields(c *Codec) {
	Num32(c, &e.ID)
	c.Text(&e.Reason)
}
