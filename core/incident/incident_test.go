package incident

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
)

const begin Hour = 420_000 // in 2017

// net is the n-th of many networks.
func net(n int) instruction.Network { return instruction.Network(4)<<60 | instruction.Network(n) }

func use(customer, network int) *Use {
	return &Use{Customer: instruction.Account(customer), Credential: instruction.Credential(customer), Network: net(network)}
}

// TestHomes: where a customer is at home, and since when.
func TestHomes(t *testing.T) {
	w := New()
	at := func(u *Use, asOf, now Hour, want bool) {
		t.Helper()
		if got := w.Home(u, asOf, now); got != want {
			t.Errorf("at %v, as of %d and now %d: %v", u.Network, asOf-begin, now-begin, got)
		}
	}
	at(use(2, 1), 0, begin, true) // never seen anywhere
	legacy, shut := use(2, 1), use(2, 1)
	legacy.Legacy, shut.Shut = true, true
	at(legacy, begin, begin, false)
	at(shut, begin, begin, false)

	w.Seen(use(2, 1), begin)
	at(use(2, 1), 0, begin, true) // from the beginning
	w.Seen(use(2, 2), begin)
	at(use(2, 2), begin+23, begin+23, false)
	at(use(2, 2), begin+24, begin+24, true)
	at(use(2, 2), begin+23, begin+100, false) // it was none yet by that time
	at(use(2, 3), begin+24, begin+24, false)

	w.Seen(use(2, 2), begin+10)
	at(use(2, 2), begin+24, begin+10+away, true)
	at(use(2, 2), begin+24, begin+11+away, false) // not seen for too long
	w.Seen(use(2, 1), begin+11+away)
	w.Seen(use(2, 2), begin+11+away)
	at(use(2, 1), begin+12+away, begin+12+away, false) // as new as any
	at(use(2, 2), begin+12+away, begin+12+away, false)
	at(use(2, 2), begin+35+away, begin+35+away, true)

	// In quarantine no home is made, and none that is about to be goes on becoming one.
	now := begin + 5000
	shut = use(3, 9)
	w.Seen(use(3, 8), now)
	shut.Shut = true
	w.Seen(shut, now)
	if n := len(w.Homes(3)); n != 1 {
		t.Errorf("%d networks", n)
	}
	w.Seen(use(3, 0), now) // no customer is at a network that is none
	legacy = use(4, 1)
	legacy.Legacy = true
	w.Seen(legacy, now)
	at(use(4, 1), now, now, false) // a legacy key's first network is anybody's
	at(use(4, 1), now+24, now+24, true)
}

// TestHomesStay: eight homes are pushed out by no newcomer, and there is room for one more all the time.
func TestHomesStay(t *testing.T) {
	w := New()
	for n := range MaxHomes {
		w.Seen(use(2, n+1), begin)
	}
	now := begin + settling
	for n := range 1_000_000 {
		w.Seen(use(2, 1000+n), now)
	}
	if list := w.Homes(2); len(list) != MaxHomes+1 || list[MaxHomes].Network != net(1000+999_999) {
		t.Fatalf("homes %v", list)
	}
	for n := range MaxHomes {
		if !w.Home(use(2, n+1), now, now) {
			t.Errorf("home %d was pushed out", n+1)
		}
	}
	w.Seen(use(2, 1), now+1)
	now += settling // the newcomer is a home too
	w.Seen(use(2, 5), now)
	if w.Seen(use(2, 7_000_000), now); !w.Home(use(2, 1), now, now) || !w.Home(use(2, 5), now, now) || w.Home(use(2, 2), now, now) {
		t.Errorf("not the one goes that was not seen for longest: %v", w.Homes(2))
	}
}

func alarmed(t *testing.T, w *Watch, c instruction.Credential, n int, now Hour) {
	t.Helper()
	if err := w.Alarmed(&instruction.Alarmed{Credential: c, Network: net(n)}, instruction.Account(c), now); err != nil {
		t.Fatal(err)
	}
}

// TestBounds: a million networks fill nothing, and push out nothing that an open incident needs.
func TestBounds(t *testing.T) {
	w := New()
	alarmed(t, w, 1, 1, begin)
	if err := w.Opened(&instruction.IncidentOpened{ID: 1, Cause: instruction.TombstoneProven, Network: net(1)}, 1, begin); err != nil {
		t.Fatal(err)
	}
	for n := range 1_000_000 {
		now := begin + Hour(n/10_000)
		w.Seen(use(2+n%1000, 10+n), now)
		alarmed(t, w, instruction.Credential(2+n%7), 10+n, now)
		e := instruction.IncidentNoted{ID: 1, Credential: instruction.Credential(2 + n), Network: net(10 + n), Act: instruction.UsedTombstone}
		if w.Room(1, e.Credential, e.Network, e.Act) {
			if err := w.Noted(&e); err != nil {
				t.Fatal(err)
			}
		}
	}
	x := w.Incident(1)
	if len(x.Networks) != MaxNetworks || len(x.Credentials) != MaxCredentials || x.Notes < MaxNotes || x.Notes > MaxNotes+MaxNetworks {
		t.Errorf("the incident has %d networks, %d credentials, %d records", len(x.Networks), len(x.Credentials), x.Notes)
	}
	if p, ok := w.Place(net(1), begin+Window+100); !ok || p.Incident != 1 {
		t.Error("the incident's network was forgotten")
	}
	if n := len(w.places) - w.joined; n > maxPlaces+1 {
		t.Errorf("%d places", n)
	}
	if n := w.oldest.Len(); n > 2*maxPlaces {
		t.Errorf("%d entries for %d places", n, len(w.places))
	}
	if len(w.visits.ring) != maxVisits || len(w.visits.last) > maxVisits {
		t.Errorf("%d visits at %d networks", len(w.visits.ring), len(w.visits.last))
	}
	for c := range instruction.Account(1000) {
		if n := len(w.Homes(2 + c)); n > MaxHomes+1 {
			t.Fatalf("customer %d has %d networks", c+2, n)
		}
	}
	c := instruction.Writer(nil)
	w.Fields(&c)
	if n := len(c.Bytes()); n > 8<<20 {
		t.Errorf("%d bytes are kept", n)
	}
	// One credential's records.
	for range 10_000 {
		if e := (instruction.IncidentNoted{ID: 1, Credential: 1, Act: instruction.UsedLive}); w.Room(1, 1, 0, e.Act) {
			t.Fatal("there is room past the bound")
		}
	}
}

// TestManyIncidents: closed ones are forgotten from the oldest on, and what they settled with them.
func TestManyIncidents(t *testing.T) {
	w := New()
	for i := range instruction.IncidentID(MaxClosed + 10) {
		n, c := int(i)+1, instruction.Credential(i+1)
		alarmed(t, w, c, n, begin)
		if err := w.Opened(&instruction.IncidentOpened{ID: i + 1, Cause: instruction.CanaryUsed, Network: net(n)}, 5, begin); err != nil {
			t.Fatal(err)
		}
		if err := w.Closed(&instruction.IncidentClosed{ID: i + 1, Reason: "x"}, 6); err != nil {
			t.Fatal(err)
		}
		if w.Settled(net(n), c) != i+1 || w.Settled(net(n), c+1) != 0 || w.Concerns(net(n), c) != 0 {
			t.Fatalf("incident %d is not settled", i+1)
		}
	}
	if len(w.incidents) != MaxClosed || w.incidents[0].ID != 11 || len(w.settled) != MaxClosed || len(w.places) != 0 || !w.Calm() {
		t.Errorf("%d are kept from %d on, %d networks, %d places", len(w.incidents), w.incidents[0].ID, len(w.settled), len(w.places))
	}
	for i := range instruction.IncidentID(MaxOpen) {
		if err := w.Opened(&instruction.IncidentOpened{ID: w.Last() + 1, Cause: instruction.CanaryUsed}, 5, begin); err != nil {
			t.Fatal(i, err)
		}
	}
	for _, bad := range []instruction.IncidentOpened{{ID: w.Last() + 1, Cause: 1}, {ID: 1, Cause: 1}} {
		if w.Opened(&bad, 5, begin) == nil {
			t.Errorf("%+v was opened", bad)
		}
	}
	if w.Closed(&instruction.IncidentClosed{ID: 12}, 5) == nil || w.Noted(&instruction.IncidentNoted{ID: 1, Credential: 1}) == nil ||
		w.Alarmed(&instruction.Alarmed{Network: 1}, 1, begin) == nil {
		t.Error("events that do not fit were taken")
	}
}

// change does one of the things that change a watch, to each alike.
func change(t *testing.T, rng *rand.Rand, now *Hour, all ...*Watch) {
	*now += Hour(rng.IntN(3) * rng.IntN(20))
	n, c := rng.IntN(12), instruction.Credential(1+rng.IntN(9))
	u := use(1+rng.IntN(5), n)
	u.Credential, u.Legacy, u.Shut, u.Listed = c, rng.IntN(3) == 0, rng.IntN(9) == 0, rng.IntN(5) == 0
	act, kind := instruction.IncidentAct(1+rng.IntN(4)), rng.IntN(10)
	for _, w := range all {
		id := w.Concerns(net(n), c)
		if id == 0 {
			id = w.Settled(net(n), c)
		}
		var err error
		switch {
		case kind < 5:
			w.Seen(u, *now)
		case kind < 7:
			alarmed(t, w, c, n, *now)
		case kind == 7 && w.Concerns(net(n), c) == 0 && w.Open() < MaxOpen:
			err = w.Opened(&instruction.IncidentOpened{ID: w.Last() + 1, Cause: instruction.TwoTombstones, Network: net(n)}, 5, *now)
		case kind == 8 && id != 0:
			err = w.Noted(&instruction.IncidentNoted{ID: id, Credential: c, Network: net(n), Act: act})
		case kind == 9 && w.Newest() != 0:
			err = w.Closed(&instruction.IncidentClosed{ID: w.Newest(), Reason: "x"}, 7)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func written(w *Watch) []byte {
	c := instruction.Writer(nil)
	w.Fields(&c)
	return c.Bytes()
}

// TestRoundTrip: what was read back is the same, to the byte, and goes on the same: every index beside the lists is derived.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(20180106, seed))
		w, now := New(), begin
		var copied *Watch
		for i := range 600 {
			if copied == nil {
				change(t, rng, &now, w)
			} else {
				change(t, rng, &now, w, copied)
			}
			if i%50 != 49 {
				continue
			}
			if copied != nil && !bytes.Equal(written(w), written(copied)) {
				t.Fatalf("seed %d: after %d changes the copy is another", seed, i)
			}
			c, next := instruction.Reader(written(w)), New()
			next.Fields(&c)
			if err := c.End(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if !bytes.Equal(written(w), written(next)) {
				t.Fatalf("seed %d: a copy is another", seed)
			}
			if !maps.EqualFunc(w.used, next.used, slices.Equal) {
				t.Fatalf("seed %d: where keys were used is kept as %v, and the places say %v", seed, w.used, next.used)
			}
			copied = next
		}
	}
}

// TestHomesApart: the homes of customers with one and with several are what a list for each would have, before and after they are
// written down.
//
// It was seen red where the only home of a customer was kept beside the others.
func TestHomesApart(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	w, naive := New(), map[instruction.Account][]Home{}
	for range 4000 {
		a := instruction.Account(1 + rng.IntN(3*homePage))
		list := append(slices.Clone(naive[a]), Home{net(1 + rng.IntN(50)), Hour(rng.IntN(3)), Hour(rng.IntN(3))})
		naive[a] = list
		w.homes.keep(a, append(w.Homes(a), list[len(list)-1]))
		if rng.IntN(2) == 0 {
			list[0].Last++
			w.Homes(a)[0].Last++
		}
	}
	for a := range naive {
		if len(naive[a]) > MaxHomes+1 {
			naive[a] = naive[a][:MaxHomes+1]
			w.homes.keep(a, w.Homes(a)[:MaxHomes+1])
		}
	}
	c := instruction.Writer(nil)
	w.Fields(&c)
	back, r := New(), instruction.Reader(c.Bytes())
	if back.Fields(&r); r.End() != nil {
		t.Fatal(r.Err())
	}
	for a := range instruction.Account(4 * homePage) {
		if got := w.Homes(a); !slices.Equal(got, naive[a]) || !slices.Equal(back.Homes(a), got) {
			t.Fatalf("customer %d has %v, and %v when read back, want %v", a, got, back.Homes(a), naive[a])
		}
	}
}
