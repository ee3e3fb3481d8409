package payout

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	challenged = instruction.PayoutChallenged
	held       = instruction.PayoutHeld
	claimed    = instruction.PayoutClaimed
	cancelled  = instruction.PayoutCancelled
	settled    = instruction.PayoutSettled
)

func written(t *testing.T, ps *Payouts) []byte {
	t.Helper()
	c := instruction.Writer(nil)
	ps.Fields(&c)
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	return c.Bytes()
}

func read(b []byte) (*Payouts, error) {
	ps := New()
	c := instruction.Reader(b)
	ps.Fields(&c)
	return ps, c.End()
}

func name(t *testing.T, s string) instruction.ClientID {
	t.Helper()
	id, err := instruction.ClientIDOf(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestMoves: every move from every state, and which of them are.
func TestMoves(t *testing.T) {
	may := map[[2]instruction.PayoutState]bool{
		{challenged, claimed}: true, {challenged, cancelled}: true, {held, claimed}: true, {held, cancelled}: true, {claimed, settled}: true, {claimed, cancelled}: true,
	}
	for from := instruction.PayoutState(0); from <= settled+1; from++ {
		for to := instruction.PayoutState(0); to <= settled+1; to++ {
			ps := New()
			err := ps.Make(&instruction.PayoutMade{ID: 1, Account: 2, Asset: 1, Amount: 1, State: from}, 7)
			if is := from >= challenged && from <= claimed; (err == nil) != is {
				t.Fatalf("made as %v: %v", from, err)
			}
			p, err := ps.Move(&instruction.PayoutMoved{ID: 1, Account: 2, State: to})
			if want := may[[2]instruction.PayoutState{from, to}]; (err == nil) != want || want && p.State != to {
				t.Errorf("%v to %v: %v", from, to, err)
			}
			if (ps.Live(1) != nil) != (err != nil && from >= challenged && from <= claimed || err == nil && to == claimed) {
				t.Errorf("%v to %v: live or not, wrongly", from, to)
			}
		}
	}
	ps := New()
	for _, bad := range []instruction.PayoutMade{
		{ID: 2, Account: 2, Amount: 1, State: held}, {ID: 1, Amount: 1, State: held}, {ID: 1, Account: 2, State: held}, {ID: 1, Account: 2, Amount: -1, State: held},
	} {
		if ps.Make(&bad, 7) == nil {
			t.Errorf("%+v was made", bad)
		}
	}
}

// TestModel: random payouts against plain lists: what is live, and which names are remembered, through reading back.
func TestModel(t *testing.T) {
	const seed = 20180829
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	ps := New()
	live := map[instruction.PayoutID]instruction.PayoutMade{}
	over := map[instruction.Account][]instruction.PayoutMade{}
	for step := range 20_000 {
		if rng.IntN(2) == 0 || len(live) == 0 {
			e := instruction.PayoutMade{
				ID: ps.Last() + 1, Account: instruction.Account(2 + rng.IntN(3)), Credential: 4, Asset: 1, Amount: money.Amount(1 + rng.IntN(9)),
				To:     instruction.Destination{Chain: "BTC", Address: fmt.Sprint("a", rng.IntN(9))},
				Client: name(t, fmt.Sprint("n", rng.IntN(5000))), State: instruction.PayoutState(1 + rng.IntN(3)),
			}
			if rng.IntN(5) == 0 {
				e.Client = instruction.ClientID{}
			}
			taken, n := false, 0
			for _, x := range live {
				if x.Account == e.Account {
					n++
				}
				taken = taken || n == MaxLive || !e.Client.IsZero() && x.Account == e.Account && x.Client == e.Client
			}
			for _, x := range over[e.Account] {
				taken = taken || x.Client == e.Client
			}
			if err := ps.Make(&e, instruction.Time(step)); (err == nil) == taken {
				t.Fatalf("step %d: no room, or the name is taken: %v: %v", step, taken, err)
			}
			if !taken {
				live[e.ID] = e
			}
		} else {
			id := instruction.PayoutID(1 + rng.IntN(int(ps.Last())))
			to := instruction.PayoutState(1 + rng.IntN(5))
			e, there := live[id]
			_, err := ps.Move(&instruction.PayoutMoved{ID: id, Account: e.Account, State: to})
			if (err == nil) != (there && leads(e.State, to)) {
				t.Fatalf("step %d: payout %d from %v to %v: %v", step, id, e.State, to, err)
			}
			if err != nil {
				continue
			}
			if e.State = to; to == claimed {
				live[id] = e
				continue
			}
			delete(live, id)
			if !e.Client.IsZero() {
				if over[e.Account] = append(over[e.Account], e); len(over[e.Account]) > MaxNamed {
					over[e.Account] = over[e.Account][1:]
				}
			}
		}
		if step%500 == 0 {
			b := written(t, ps)
			again, err := read(b)
			if err != nil || !bytes.Equal(b, written(t, again)) {
				t.Fatal("the persisted form is not the one form", err)
			}
			ps = again
			compare(t, ps, live, over)
		}
	}
}

func compare(t *testing.T, ps *Payouts, live map[instruction.PayoutID]instruction.PayoutMade, over map[instruction.Account][]instruction.PayoutMade) {
	t.Helper()
	n := 0
	for a := instruction.Account(0); a < 9; a++ {
		last := instruction.PayoutID(0)
		for _, p := range ps.Of(a) {
			x, ok := live[p.ID]
			if !ok || p.ID <= last || ps.Live(p.ID) != p || p.State != x.State || p.To != x.To || p.Amount != x.Amount || p.Account != a {
				t.Fatalf("%+v, want %+v", p, x)
			}
			n, last = n+1, p.ID
		}
		for _, x := range over[a] {
			if p := ps.Named(a, &x.Client); p == nil || p.ID != x.ID || p.State != x.State {
				t.Fatalf("the name of %+v gives %+v", x, p)
			}
		}
	}
	if n != len(live) {
		t.Fatalf("%d are live, want %d", n, len(live))
	}
}

// TestDamaged: a persisted form that says what cannot be is refused.
func TestDamaged(t *testing.T) {
	ps := New()
	for i := range instruction.PayoutID(3) {
		e := &instruction.PayoutMade{ID: i + 1, Account: 2, Asset: 1, Amount: 5, Client: name(t, fmt.Sprint("n", i)), State: claimed}
		if err := ps.Make(e, 7); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ps.Move(&instruction.PayoutMoved{ID: 1, Account: 2, State: settled}); err != nil {
		t.Fatal(err)
	}
	sound := written(t, ps)
	for name, damage := range map[string]func(){
		"a number not given out": func() { ps.of[2][1].ID = 4 },
		"one number twice":       func() { ps.of[2][1].ID = 2 },
		"no number":              func() { ps.of[2][0].ID = 0 },
		"over, and live":         func() { ps.of[2][1].State = settled },
		"live, and over":         func() { ps.over[2][0].State = claimed },
		"no state":               func() { ps.over[2][0].State = 9 },
		"no amount":              func() { ps.of[2][1].Amount = 0 },
		"no name":                func() { ps.over[2][0].Client = instruction.ClientID{} },
	} {
		var err error
		if ps, err = read(sound); err != nil {
			t.Fatal(err)
		}
		damage()
		if _, err := read(written(t, ps)); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}
