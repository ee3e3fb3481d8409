package gate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"portcullis/core/instruction"
)

// people are credentials 1 to 4: of account 2 made for one integrator, of account 3 made for another, of sub-account 11
// long ago, and a tombstone of account 2.
func people() keys {
	m := &instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade | instruction.MayTransfer | instruction.MayWithdraw}
	return keys{
		1: {Known: true, Account: 2, Integrator: "grid", Created: now - 10, Mandate: m},
		2: {Known: true, Account: 3, Integrator: "swing", Created: now, Renewed: now + 1, Mandate: m},
		3: {Known: true, Account: 11, Created: now - 1000, Mandate: m},
		4: {Known: true, Account: 2, Integrator: "grid", Created: now - 10, Mandate: m, Revoked: now - 1},
	}
}

// with is an instruction by a credential with a client.
func with(c instruction.Credential, client uint64) *instruction.Principal {
	p := *by(c, "")
	p.Client = client
	return &p
}

// fallen is a gate with these drops.
func fallen(t *testing.T, list ...instruction.Drop) *Gate {
	t.Helper()
	g := New(people())
	for _, d := range list {
		if err := g.Drop(Now{Wall: now, Waits: now}, &instruction.Dropped{ID: g.LastDrop() + 1, Drop: d}, 4); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// TestDrops: what each class and scope shuts, and for whom.
func TestDrops(t *testing.T) {
	const (
		trading, keys   = instruction.DropTrading, instruction.DropKeys
		noTrade, noKeys = instruction.TradingDropped, instruction.KeysDropped
		ask, asked      = instruction.DropStepUp, instruction.StepUpAsked
		fine            = instruction.WithinMandate
	)
	replace := &instruction.ReplaceOrder{Cancel: *cancel, Place: *trade}
	transfer := &instruction.Transfer{From: 2, To: 2, Asset: 7}
	away := netip.MustParsePrefix("203.0.113.0/24")
	for name, c := range map[string]struct {
		drop instruction.Drop
		p    *instruction.Principal
		in   instruction.Instruction
		want instruction.Reason
	}{
		"trading":                  {instruction.Drop{Class: trading}, by(1, ""), trade, noTrade},
		"trading, a replacement":   {instruction.Drop{Class: trading}, by(1, ""), replace, noTrade},
		"trading, a cancel":        {instruction.Drop{Class: trading}, by(1, ""), cancel, fine},
		"trading, all cancels":     {instruction.Drop{Class: trading}, by(1, ""), &instruction.CancelAll{Market: 1}, fine},
		"trading, a transfer":      {instruction.Drop{Class: trading}, by(1, ""), transfer, fine},
		"withdrawals, an order":    {instruction.Drop{Class: instruction.DropWithdrawals}, by(1, ""), trade, fine},
		"base":                     {instruction.Drop{Class: trading, Scope: instruction.Scope{Asset: 1}}, by(1, ""), trade, noTrade},
		"quote":                    {instruction.Drop{Class: trading, Scope: instruction.Scope{Asset: 2}}, by(1, ""), trade, noTrade},
		"another asset":            {instruction.Drop{Class: trading, Scope: instruction.Scope{Asset: 3}}, by(1, ""), trade, fine},
		"from there":               {instruction.Drop{Class: trading, Scope: instruction.Scope{Networks: []netip.Prefix{away}}}, by(1, "203.0.113.9"), trade, noTrade},
		"from elsewhere":           {instruction.Drop{Class: trading, Scope: instruction.Scope{Networks: []netip.Prefix{away}}}, by(1, "192.0.2.9"), trade, fine},
		"keys":                     {instruction.Drop{Class: keys}, by(3, ""), trade, noKeys},
		"keys, a transfer":         {instruction.Drop{Class: keys}, by(1, ""), transfer, noKeys},
		"keys, a cancel":           {instruction.Drop{Class: keys}, by(1, ""), cancel, fine},
		"integrator's":             {instruction.Drop{Class: keys, Scope: instruction.Scope{Integrator: "grid"}}, by(1, ""), trade, noKeys},
		"another's":                {instruction.Drop{Class: keys, Scope: instruction.Scope{Integrator: "grid"}}, by(2, ""), trade, fine},
		"nobody's":                 {instruction.Drop{Class: keys, Scope: instruction.Scope{Integrator: "grid"}}, by(3, ""), trade, fine},
		"older":                    {instruction.Drop{Class: keys, Scope: instruction.Scope{Before: now}}, by(1, ""), trade, noKeys},
		"not older":                {instruction.Drop{Class: keys, Scope: instruction.Scope{Before: now}}, by(2, ""), trade, fine},
		"both":                     {instruction.Drop{Class: keys, Scope: instruction.Scope{Before: now, Integrator: "grid"}}, by(1, ""), trade, noKeys},
		"one of both":              {instruction.Drop{Class: keys, Scope: instruction.Scope{Before: now - 10, Integrator: "grid"}}, by(1, ""), trade, fine},
		"created since":            {instruction.Drop{Class: keys, Scope: instruction.Scope{After: now}}, by(2, ""), trade, noKeys},
		"created before that":      {instruction.Drop{Class: keys, Scope: instruction.Scope{After: now}}, by(1, ""), trade, fine},
		"in a copy":                {instruction.Drop{Class: keys, Scope: instruction.Scope{AliveAt: now - 10}}, by(1, ""), trade, noKeys},
		"not in the copy yet":      {instruction.Drop{Class: keys, Scope: instruction.Scope{AliveAt: now - 11}}, by(1, ""), trade, fine},
		"with the client":          {instruction.Drop{Class: keys, Scope: instruction.Scope{Client: 7}}, with(1, 7), trade, noKeys},
		"with another client":      {instruction.Drop{Class: keys, Scope: instruction.Scope{Client: 7}}, with(1, 8), trade, fine},
		"step-up":                  {instruction.Drop{Class: ask, Scope: instruction.Scope{Integrator: "grid"}}, by(1, ""), trade, asked},
		"step-up, a transfer":      {instruction.Drop{Class: ask, Scope: instruction.Scope{Integrator: "grid"}}, by(1, ""), transfer, asked},
		"step-up, a cancel":        {instruction.Drop{Class: ask, Scope: instruction.Scope{Integrator: "grid"}}, by(1, ""), cancel, fine},
		"step-up, confirmed":       {instruction.Drop{Class: ask}, by(2, ""), trade, fine},
		"step-up, another's":       {instruction.Drop{Class: ask, Scope: instruction.Scope{Integrator: "grid"}}, by(3, ""), trade, fine},
		"an asset, a transfer":     {instruction.Drop{Class: keys, Scope: instruction.Scope{Asset: 7}}, by(1, ""), transfer, noKeys},
		"another asset's transfer": {instruction.Drop{Class: keys, Scope: instruction.Scope{Asset: 8}}, by(1, ""), transfer, fine},
		"the operator": {instruction.Drop{Class: keys}, &instruction.Principal{Giver: instruction.ByOperator}, &instruction.Raise{},
			instruction.OperatorWord},
	} {
		v := fallen(t, c.drop).Judge(at(now), c.p, c.in)
		if v.Reason() != c.want {
			t.Errorf("%s: %v", name, v.Reason())
		}
		if (c.want == noTrade || c.want == noKeys || c.want == asked) && (v.Decision != instruction.Deny || v.Findings()[0].Value != 1) {
			t.Errorf("%s: %+v", name, v)
		}
		if got := fallen(t, c.drop).MayRead(at(now), c.p); c.p.Giver == instruction.ByCredential && got.Decision != instruction.Allow {
			t.Errorf("%s: reading is shut too: %v", name, got.Reason())
		}
	}
}

// TestDropsOfClass: whatever kind of instruction comes to be of a class is shut with it, and by no other class but keys.
func TestDropsOfClass(t *testing.T) {
	for class := instruction.DropWithdrawals; class <= instruction.DropStepUp; class++ {
		g := fallen(t, instruction.Drop{Class: class, Scope: instruction.Scope{Asset: 7}})
		for of := instruction.Class(0); of <= instruction.DropTrading; of++ {
			n := need{right: instruction.MayWithdraw, asset: 7, class: of}
			s := g.venue.Standing(1)
			d := g.dropped(by(1, ""), &s, &n)
			want := of == class || class >= instruction.DropKeys
			if (d != nil) != want {
				t.Errorf("%v dropped: what is of class %v is shut: %v", class, of, d != nil)
			}
			v := g.Dropped(by(1, ""), of, 7)
			if (v.Decision == instruction.Deny) != want || want && v.Reason() != reasons[class] {
				t.Errorf("%v dropped: the verdict on class %v is %v", class, of, v.Reason())
			}
			if v := g.Dropped(by(1, ""), of, 8); v.Decision != instruction.Allow {
				t.Errorf("%v of asset 7 dropped: asset 8 is shut too", class)
			}
		}
	}
}

// TestDropsTogether: several drops are live at once, each raised by itself; a tombstone's use stays visible under a drop.
func TestDropsTogether(t *testing.T) {
	g := fallen(t, instruction.Drop{Class: instruction.DropTrading, Scope: instruction.Scope{Asset: 9}}, instruction.Drop{Class: instruction.DropTrading},
		instruction.Drop{Class: instruction.DropKeys})
	ended := func(want instruction.Reason, id int64) {
		t.Helper()
		if v := g.Judge(at(now), by(1, ""), trade); v.Reason() != want || want != instruction.WithinMandate && v.Findings()[0].Value != id {
			t.Errorf("%v, %d; want %v, %d", v.Reason(), v.Findings()[0].Value, want, id)
		}
	}
	raise := func(id instruction.DropID, share uint8) {
		t.Helper()
		if err := g.Raise(&instruction.Raised{Drop: id, Share: share}); err != nil {
			t.Error(err)
		}
	}
	ended(instruction.TradingDropped, 2)
	v := g.Judge(at(now), by(4, ""), trade)
	if f := v.Findings(); len(f) != 2 || f[0].Reason != instruction.TradingDropped || f[1].Reason != instruction.DeletedCredential {
		t.Errorf("a tombstone under a drop: %v", f)
	}
	if v := g.Judge(at(now), by(99, ""), trade); v.Reason() != instruction.UnknownCredential {
		t.Errorf("an unknown key under a drop: %v", v.Reason())
	}
	raise(2, 100)
	ended(instruction.KeysDropped, 3)
	raise(3, 100)
	ended(instruction.WithinMandate, 0)
	if list := g.Drops(); len(list) != 1 || list[0].ID != 1 {
		t.Errorf("%+v", list)
	}
	for _, bad := range []instruction.Raised{{Drop: 3, Share: 100}, {Drop: 1, Share: 0}, {Drop: 1, Share: 101}} {
		if g.Raise(&bad) == nil {
			t.Errorf("raised %+v", bad)
		}
	}
	if err := g.Drop(Now{Wall: now, Waits: now}, &instruction.Dropped{ID: 3}, 0); err == nil {
		t.Error("a number was given twice")
	}
}

// TestShares: as the share grows, whoever is open stays open; each share is about that part of the accounts; and a
// customer's sub-accounts are as open as the master.
func TestShares(t *testing.T) {
	var before map[instruction.Account]bool
	const n = 100_000
	for _, share := range []uint8{0, 1, 10, 50, 99} {
		d := Dropped{Share: share}
		open := map[instruction.Account]bool{}
		for a := instruction.Account(1); a <= n; a++ {
			if d.open(a) {
				open[a] = true
			}
		}
		for a := range before {
			if !open[a] {
				t.Fatalf("account %d, open before, is shut at %d%%", a, share)
			}
		}
		if want := n / 100 * int(share); len(open) < want-want/20 || len(open) > want+want/20 {
			t.Errorf("at %d%% %d of %d are open", share, len(open), n)
		}
		before = open
	}
	g := fallen(t, instruction.Drop{Class: instruction.DropTrading})
	for share := uint8(1); share < 100; share++ {
		if err := g.Raise(&instruction.Raised{Drop: 1, Share: share}); err != nil {
			t.Fatal(err)
		}
		d := g.Live(1)
		v := g.Judge(at(now), by(3, ""), trade)
		if open := v.Decision == instruction.Allow; open != d.open(10) {
			t.Fatalf("at %d%% the master is open: %v, its sub-account: %v", share, d.open(10), open)
		}
	}
}

// TestDropsPersist: a gate read back says the same of everybody, and bytes that no gate wrote are refused.
func TestDropsPersist(t *testing.T) {
	rng := rand.New(rand.NewPCG(20180106, 3))
	g := New(people())
	for i := range MaxDrops + 10 {
		e := instruction.Dropped{ID: g.LastDrop() + 1, Drop: instruction.Drop{
			Class: instruction.Class(1 + rng.IntN(5)), Reason: "r", Until: now,
			Scope: instruction.Scope{Asset: instruction.Asset(rng.IntN(3)), Before: now + 20 - instruction.Time(rng.IntN(30))},
		}}
		if err := g.Drop(Now{Wall: now, Waits: now}, &e, 4); (err != nil) != (i >= MaxDrops) {
			t.Fatal(i, err)
		}
	}
	for id := instruction.DropID(1); id < 40; id += 2 {
		if err := g.Raise(&instruction.Raised{Drop: id, Share: uint8(10 * id % 101)}); err != nil && 10*id%101 != 0 {
			t.Fatal(err)
		}
	}
	w := instruction.Writer(nil)
	g.Fields(&w)
	again := New(people())
	r := instruction.Reader(w.Bytes())
	again.Fields(&r)
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(g.Drops()) != fmt.Sprint(again.Drops()) || g.LastDrop() != again.LastDrop() || len(g.Drops()) < 30 {
		t.Errorf("%d drops read back as %d", len(g.Drops()), len(again.Drops()))
	}
	g.drops.list[1].ID = g.drops.list[0].ID
	w = instruction.Writer(nil)
	g.Fields(&w)
	r = instruction.Reader(w.Bytes())
	if again.Fields(&r); r.End() == nil {
		t.Error("two drops of one number were read")
	}
}
