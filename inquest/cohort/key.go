package cohort

import (
	"math"
	"slices"

	"portcullis/core/instruction"
)

// Link is that a third party was given a key.
type Link struct {
	Integrator string           // its name
	At         instruction.Time // when; 0: not known
}

// Key is one key that exists or existed. What is not known is zero.
type Key struct {
	Name     string                // as reports call it
	Customer uint64                // whose it is; 0: not known, and then a customer of its own
	Links    []Link                // to whom it was given; several where its owner gave it to several
	Created  instruction.Time      // when it was made
	Deleted  instruction.Time      // when it was deleted; 0: it lives
	Client   uint64                // fingerprint of the program that its owner uses it with
	Networks []instruction.Network // from which its owner uses it; those of the thief do not belong here
}

// Kind is how a key comes to be taken for stolen.
type Kind uint8

const (
	Tombstone Kind = 1 // it was used after it was deleted, proven by a signature, or it was a decoy
	Abused    Kind = 2 // it was seen to be used by a stranger
	Claimed   Kind = 3 // its owner says so, and nothing else does
)

var kindNames = [...]string{"", "TOMBSTONE", "ABUSED", "CLAIMED"}

func (k Kind) String() string { return kindNames[min(int(k), len(kindNames)-1)] }

// MarshalText is String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Victim is a key that was used by a thief.
type Victim struct {
	Key  int              // its place among the keys
	Kind Kind             // how that is known
	At   instruction.Time // when that was first seen; 0: not known
}

// Keys are all keys, in the orders in which they are searched. They do not change: many may ask at once.
type Keys struct {
	list     []Key
	makers   []maker                     // by name
	created  []instruction.Time          // of those whose creation is known, ascending
	deleted  []instruction.Time          // of those that are deleted, ascending
	networks map[instruction.Network]int // keys that are used from each
	clients  map[uint64]int              // keys that are used with each
}

// maker is one integrator with the times at which it was given keys, ascending; those without a known time are only counted.
type maker struct {
	name  string
	at    []instruction.Time
	count int
}

// Of makes keys ready to be searched. The list must not be changed any more.
func Of(list []Key) *Keys {
	k := &Keys{list: list, networks: map[instruction.Network]int{}, clients: map[uint64]int{}}
	places := map[string]int{}
	for i := range list {
		x := &list[i]
		if x.Created != 0 {
			k.created = append(k.created, x.Created)
		}
		if x.Deleted != 0 {
			k.deleted = append(k.deleted, x.Deleted)
		}
		if x.Client != 0 {
			k.clients[x.Client]++
		}
		for j, n := range x.Networks {
			if !slices.Contains(x.Networks[:j], n) {
				k.networks[n]++
			}
		}
		for j := range x.Links {
			k.link(x, j, places)
		}
	}
	for i := range k.makers {
		slices.Sort(k.makers[i].at)
	}
	slices.SortFunc(k.makers, func(a, b maker) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	slices.Sort(k.created)
	slices.Sort(k.deleted)
	return k
}

// link counts a key with an integrator, the first time that it was given to it.
func (k *Keys) link(x *Key, j int, places map[string]int) {
	name := x.Links[j].Integrator
	if name == "" || x.linked(name) != j {
		return
	}
	at, known := places[name]
	if !known {
		at = len(k.makers)
		places[name] = at
		k.makers = append(k.makers, maker{name: name})
	}
	m := &k.makers[at]
	m.count++
	if t := x.Links[j].At; t != 0 {
		m.at = append(m.at, t)
	}
}

// linked is which of a key's links is the first to the integrator, or −1.
func (x *Key) linked(name string) int {
	return slices.IndexFunc(x.Links, func(l Link) bool { return l.Integrator == name })
}

// Len is how many keys there are, and Integrators how many third parties were given any.
func (k *Keys) Len() int         { return len(k.list) }
func (k *Keys) Integrators() int { return len(k.makers) }

// Key is the key at a place. It must not be changed.
func (k *Keys) Key(i int) *Key { return &k.list[i] }

// within is how many of ascending times are in [from, to).
func within(times []instruction.Time, from, to instruction.Time) int {
	a, _ := slices.BinarySearch(times, from)
	b, _ := slices.BinarySearch(times, to)
	return max(b-a, 0)
}

// forever is later than any time of a key.
const forever = instruction.Time(math.MaxInt64)
