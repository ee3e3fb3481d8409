package leak

import (
	"net/netip"

	"portcullis/core/instruction"
)

// theft is one thing that somebody does with a key that may be stolen.
type theft struct {
	at   instruction.Time
	kind kind
	from netip.Addr
}

// kind is who does it.
type kind uint8

const (
	byThief kind = iota // with a key of the leak
	byOther             // who found a deleted key elsewhere
	bySelf              // the owner, with a key that he made for it and deleted, so that it shows
)

var kindNames = [...]string{"the thief", "another thief", "a customer who robs himself"}

// innocent is the platform that those who rob themselves would have shut.
const innocent = "platform-05"

// plan is what happens in three waves: in the first few hours of each most of it.
func (x *replay) plan() (list []theft) {
	waves := []struct {
		at     instruction.Time
		hours  int
		thefts int
	}{{on(2022, 10, 14), 6, 14}, {on(2022, 10, 22), 6, 16}, {on(2022, 11, 6), 12, 30}}
	for n, w := range waves {
		for i := range w.thefts {
			t := theft{at: w.at + instruction.Time(i)*instruction.Time(w.hours)*3600*instruction.Second/instruction.Time(w.thefts), from: thief(n, i%4)}
			switch {
			case i%5 == 4: // one in five has nothing to do with it
				t.kind, t.from = byOther, netip.AddrFrom4([4]byte{198, 51, byte(100 + n), byte(i)})
				t.from = netip.AddrFrom4([4]byte{198, 18, byte(n*50 + i), 9})
			case i%8 == 7:
				t.kind, t.from = bySelf, netip.AddrFrom4([4]byte{198, 19, byte(n*50 + i), 9})
			}
			list = append(list, t)
		}
	}
	return list
}

// thief is one of the thief's networks: four hosting companies, other machines in each wave.
func thief(wave, n int) netip.Addr {
	return netip.AddrFrom4([4]byte{203, 0, byte(113 + 4*wave + n), 9})
}

// commit has somebody use a key, and is which; ok is false where nothing of it is noticed.
func (x *replay) commit(t *theft) (i int, noticed bool) {
	switch t.kind {
	case byOther:
		i = x.pick(func(i int) bool { return x.keys[i].gone && !x.keys[i].leaked })
	case bySelf:
		i = x.stage()
	default:
		// At a network where nothing was tried yet he begins with a key that is gone; he does not know which are.
		gone := !x.tried[t.from]
		x.tried[t.from] = true
		i = x.pick(func(i int) bool { return x.keys[i].leaked && x.keys[i].gone == gone })
	}
	a := x.order(i, t.from)
	if t.kind == byThief {
		x.result.Thefts++
		if a.Allowed() {
			x.result.Through++
		}
	}
	c := instruction.Credential(i + 1) // #nosec G115 -- a hundred thousand
	return i, x.house.State.Key(c).Quarantine != 0 || x.keys[i].gone
}

// stage makes a key for an innocent platform, deletes it, and is which. Its owner has waited with it for forty days.
func (x *replay) stage() int {
	i := len(x.keys)
	x.house.Operate(&instruction.OpenAccount{Ref: "self"})
	account := x.house.State.Accounts()
	material := make([]byte, 32)
	material[0], material[1], material[2], material[3] = 2, byte(i), byte(i>>8), byte(i>>16)
	x.house.Operate(&instruction.CreateKey{
		Account: account, ID: instruction.KeyIDOf(x.name("staged key ", i)), Scheme: instruction.Ed25519, Material: material,
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}, Integrator: innocent, Created: x.house.Time - 40*instruction.Day,
	})
	x.house.Operate(&instruction.RevokeKey{Credential: instruction.Credential(i + 1)}) // #nosec G115 -- a hundred thousand
	x.house.Pass(x.house.Time + instruction.Second)
	x.keys, x.used = append(x.keys, key{gone: true}), append(x.used, true)
	x.result.Staged++
	return i
}
