package budget

import (
	"math"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	key, sub, master1 = 7, 3, 2
	million           = money.Amount(1_000_000) // of which 20,000 may be lost a day, 100,000 between two confirmations
)

var (
	ofKey7 = Of{sub, key}
	ofSub  = Of{Account: sub}
	ofAll  = Of{Account: master1}
	one    = Party{key, sub, master1}
	rich   = Equity{million, 10 * million}
)

// TestLimits: each limit by itself, and whose it is. The last thing that a case does is what it asks for.
func TestLimits(t *testing.T) {
	const day, long = instruction.LossLimit, instruction.LossConfirmation
	tomorrow := start + 26*hour
	for name, c := range map[string]struct {
		do   func(b *Budgets)
		at   instruction.Time
		e    Equity
		own  money.Amount
		left money.Amount
		by   instruction.BudgetLimit
		of   Of
	}{
		"nothing yet":    {nil, start, rich, 0, 20_000, day, ofKey7},
		"a loss":         {func(b *Budgets) { b.Charge(start, one, 1, 0) }, start, rich, 0, 19_999, day, ofKey7},
		"a day later":    {func(b *Budgets) { b.Charge(start, one, 1, 0) }, tomorrow, rich, 0, 20_000, day, ofKey7},
		"and no sooner":  {func(b *Budgets) { b.Charge(start, one, 1, 0) }, tomorrow - 1, rich, 0, 19_999, day, ofKey7},
		"no equity":      {nil, start, Equity{0, million}, 0, 0, day, ofKey7},
		"a debt":         {nil, start, Equity{-5, -5}, 0, 0, day, ofKey7},
		"the family's":   {nil, start, Equity{million, million / 10}, 0, 2_000, day, ofAll},
		"all there is":   {nil, start, Equity{math.MaxInt64, math.MaxInt64}, 0, money.MaxAmount / 50, day, ofKey7},
		"of another key": {func(b *Budgets) { b.Charge(start, Party{8, sub, master1}, 5_000, 0) }, start, rich, 0, 15_000, day, ofSub},
		"of another account": {func(b *Budgets) { b.Charge(start, Party{8, 4, master1}, 195_000, 0) },
			start, rich, 0, 5_000, day, ofAll},
		"spent over the limit": {func(b *Budgets) { b.Charge(start, one, 50_000, 0) }, start, rich, 0, 0, day, ofKey7},
		"unconfirmed":          {func(b *Budgets) { b.Charge(start, one, 99_000, 0) }, tomorrow, rich, 0, 1_000, long, ofKey7},
		"unconfirmed, all of it": {func(b *Budgets) { b.Charge(start, one, 100_000, 0) }, tomorrow + instruction.Year, rich, 0, 0, long,
			ofKey7},
		"both limits at once": {func(b *Budgets) {
			b.Charge(start, one, 80_000, 0)
			b.Charge(tomorrow, one, 20_000, 0)
		}, tomorrow, rich, 0, 0, long, ofKey7},
		"the key confirmed": {func(b *Budgets) {
			b.Charge(start, one, 99_000, 0)
			b.Confirm(ofKey7)
		}, tomorrow, rich, 0, 1_000, long, ofSub},
		"all confirmed, in the same slot": {func(b *Budgets) {
			b.Charge(start, one, 19_000, 0)
			b.Confirm(ofKey7)
			b.Confirm(ofSub)
			b.Confirm(ofAll)
		}, start, rich, 0, 1_000, day, ofKey7},
		"lowered to nothing": {func(b *Budgets) {
			b.Charge(start, one, 1, 0)
			set(t, b, ofKey7, 0, 0)
		}, start, rich, 0, 0, day, ofKey7},
		"lowered below what is spent": {func(b *Budgets) {
			b.Charge(start, one, 15_000, 0)
			set(t, b, ofSub, 10_000, 0)
		}, start, rich, 0, 0, day, ofKey7},
		"raised again": {func(b *Budgets) {
			b.Charge(start, one, 15_000, 0)
			set(t, b, ofSub, 10_000, 0)
			set(t, b, ofSub, 50_000, 0)
		}, start, rich, 0, 35_000, day, ofKey7},
		"the customer's": {func(b *Budgets) { set(t, b, ofAll, 1_000, 0) }, start, rich, 0, 1_000, day, ofKey7},
		"the key's own": {func(b *Budgets) {
			set(t, b, ofAll, 1_000, 0)
			set(t, b, ofKey7, 500, 0)
		}, start, rich, 0, 500, day, ofKey7},
		"reserved":            {func(b *Budgets) { b.Reserve(one, 8_000) }, start, rich, 0, 12_000, day, ofKey7},
		"reserved by another": {func(b *Budgets) { b.Reserve(Party{8, sub, master1}, 8_000) }, start, rich, 0, 12_000, day, ofSub},
		"beside its own":      {func(b *Budgets) { b.Reserve(one, 8_000) }, start, rich, 5_000, 17_000, day, ofKey7},
		"on top":              {nil, start, rich, -5_000, 15_000, day, ofKey7},
		"its own, and spent": {func(b *Budgets) {
			b.Reserve(one, 8_000)
			b.Charge(start, one, 15_000, 0)
			set(t, b, ofKey7, 10_000, 0)
		}, start, rich, 8_000, 0, day, ofKey7},
		"its own, and unconfirmed": {func(b *Budgets) {
			b.Reserve(one, 8_000)
			b.Charge(start, one, 99_000, 0)
		}, tomorrow, rich, 8_000, 1_000, long, ofKey7},
		"freed": {func(b *Budgets) {
			b.Reserve(one, 8_000)
			b.Free(one, 8_000)
		}, start, rich, 0, 20_000, day, ofKey7},
		"huge": {func(b *Budgets) {
			for range 20 {
				b.Reserve(one, math.MaxInt64)
				b.Charge(start, one, math.MaxInt64, math.MaxInt64)
			}
		}, start, Equity{math.MaxInt64, math.MaxInt64}, 0, 0, long, ofKey7},
	} {
		b := New()
		if c.do != nil {
			c.do(b)
		}
		if got, _ := b.LeftBeside(c.at, one, c.own, c.e); got != (Bound{c.left, c.by, c.of}) {
			t.Errorf("%s: %+v is left", name, got)
		}
		if err := b.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func set(t testing.TB, b *Budgets, of Of, loss, fees money.PPM) {
	t.Helper()
	if err := b.Set(of, instruction.Budget{Loss: loss, Fees: fees}); err != nil {
		t.Fatal(err)
	}
}

// TestFees: they have limits of their own, ten days' worth between two confirmations, and no loss touches them.
func TestFees(t *testing.T) {
	b := New()
	b.Charge(start, one, 20_000, 20_000)
	for d := range instruction.Time(10) {
		at := start + d*26*hour
		if d > 0 {
			b.Charge(at, one, 0, 20_000)
		}
		want := Bound{0, instruction.FeesLimit, ofKey7}
		if d == 9 {
			want.Limit = instruction.FeesConfirmation
		}
		if _, fees := b.Left(at, one, rich); fees != want {
			t.Errorf("on day %d: %+v is left of fees", d, fees)
		}
	}
	end := start + 10*26*hour
	if loss, fees := b.Left(end, one, rich); loss.Left != 20_000 || fees != (Bound{0, instruction.FeesConfirmation, ofKey7}) {
		t.Errorf("%+v and %+v are left", loss, fees)
	}
	if loss, fees := b.Since(ofSub); loss != 20_000 || fees != 200_000 {
		t.Errorf("%d and %d since the last confirmation", loss, fees)
	}
	b.Charge(end, one, 0, -5_000)
	if _, fees := b.Since(ofSub); fees != 200_000 {
		t.Errorf("fees below zero give back")
	}
}

// TestGains: what is gained is given back once, to the newest slots and to the sum since the last confirmation, and never
// stored.
func TestGains(t *testing.T) {
	b := New()
	b.Charge(start, one, -50_000, 0)
	if b.credentials.At(key) != nil {
		t.Error("a gain alone makes a meter")
	}
	b.Charge(start, one, 1_000, 0)
	b.Charge(start, one, -50_000, 0)
	b.Charge(start, one, 20_000, 0)
	left := func(at instruction.Time, want, since money.Amount) {
		t.Helper()
		loss, _ := b.Left(at, one, rich)
		if got, _ := b.Since(ofKey7); loss.Left != want || got != since {
			t.Errorf("%d left and %d since the last confirmation; not %d and %d", loss.Left, got, want, since)
		}
	}
	left(start, 0, 20_000)
	b.Charge(start+27*hour, one, -20_000, 0) // nothing counts any more that it could take out of
	left(start+27*hour, 20_000, 20_000)
	b.Charge(start+28*hour, one, 5_000, 0)
	b.Charge(start+30*hour, one, 5_000, 0)
	b.Charge(start+31*hour, one, -7_000, 0)
	left(start+31*hour, 17_000, 23_000)
	left(start+54*hour, 20_000, 23_000) // the newest went first, so that the oldest slot has the rest
	b.Confirm(ofKey7)
	b.Charge(start+31*hour, one, -7_000, 0) // what was lost before it was confirmed
	left(start+31*hour, 20_000, 0)
	b.Charge(start+31*hour, one, 5_000, 0)
	left(start+31*hour, 15_000, 5_000)
}

// TestNobody: a party without an account has nothing, and one without a key has its account's.
func TestNobody(t *testing.T) {
	b := New()
	loss, fees := b.Left(start, Party{Credential: 1}, rich)
	if loss.Left != 0 || fees.Left != 0 {
		t.Errorf("%+v and %+v are left to nobody", loss, fees)
	}
	b.Charge(start, Party{Account: master1}, 5, 6)
	loss, fees = b.Left(start, Party{Account: master1}, rich)
	if loss != (Bound{199_995, instruction.LossLimit, ofAll}) || fees != (Bound{199_994, instruction.FeesLimit, ofAll}) {
		t.Errorf("%+v and %+v", loss, fees)
	}
}

// TestSet: rates are a part of the whole; whoever has no budget of its own has the next one's.
func TestSet(t *testing.T) {
	b := New()
	for _, bad := range []instruction.Budget{{Loss: -1}, {Loss: money.Whole + 1}, {Fees: -1}, {Fees: money.Whole + 1}} {
		if b.Set(ofKey7, bad) == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if b.Set(Of{Credential: 1}, instruction.Budget{}) == nil {
		t.Error("a budget of nobody is taken")
	}
	if len(write(b)) != len(write(New())) || !b.Bounded(one) {
		t.Error("something was set")
	}
	whole := instruction.Budget{Loss: money.Whole, Fees: money.Whole}
	set(t, b, ofAll, money.Whole, money.Whole)
	if c, a, m := b.Limits(one); c != whole || a != whole || m != whole || b.Bounded(one) {
		t.Errorf("%+v, %+v, %+v", c, a, m)
	}
	set(t, b, ofSub, 5, 6)
	if c, a, m := b.Limits(one); c != (instruction.Budget{Loss: 5, Fees: 6}) || a != c || m != whole || !b.Bounded(one) {
		t.Errorf("%+v, %+v, %+v", c, a, m)
	}
	set(t, b, ofKey7, money.Whole, money.Whole)
	if c, _, _ := b.Limits(one); c != whole || !b.Bounded(one) || b.Bounded(Party{8, master1, 0}) {
		t.Errorf("%+v", c)
	}
}

// TestFree: what is freed was reserved for the same party, or the meters say so from then on.
func TestFree(t *testing.T) {
	for name, c := range map[string]struct {
		p    Party
		n    money.Amount
		want bool
	}{
		"what was reserved":    {one, 5, true},
		"less":                 {one, 4, true},
		"nothing":              {Party{9, 9, 9}, 0, true},
		"more":                 {one, 6, false},
		"of another key":       {Party{8, sub, master1}, 5, false},
		"of no sub-account":    {Party{key, sub, 4}, 5, false},
		"of another's account": {Party{key, 4, 0}, 5, false},
	} {
		b := New()
		b.Reserve(one, 5)
		b.Reserve(one, -7)
		b.Free(c.p, -7)
		b.Free(c.p, c.n)
		if got := b.Check(); (got == nil) != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if loss, _ := b.Left(start, one, rich); loss.Left < 20_000-5 || loss.Left > 20_000 {
			t.Errorf("%s: %d is left", name, loss.Left)
		}
	}
}

// TestForget: a revoked key's meter goes, what it lost stays with its account, and what is reserved until it is freed.
func TestForget(t *testing.T) {
	b := New()
	b.Charge(start, one, 500, 0)
	b.Reserve(one, 5)
	set(t, b, ofKey7, 9, 9)
	b.Forget(key)
	b.Forget(8)
	if loss, _ := b.Since(ofKey7); loss != 0 || b.Reserved(ofKey7) != 5 {
		t.Errorf("%d lost, %d reserved", loss, b.Reserved(ofKey7))
	}
	b.Free(one, 5)
	b.Forget(key)
	if b.credentials.At(key) != nil {
		t.Error("it is still there")
	}
	b.Charge(start, Party{Credential: 9, Account: sub, Parent: master1}, 1, 0)
	if m := b.credentials.At(9); m == nil || m.loss.since != 1 || b.credentials.Len() != 1 {
		t.Error("its place was not cleared, or not given to the next")
	}
	if loss, _ := b.Since(ofSub); loss != 501 || b.Check() != nil {
		t.Errorf("the account lost %d: %v", loss, b.Check())
	}
}

// TestPast: a past is there for what was charged alone, and is used again when it was let go.
//
// It was seen red where a key that is forgotten kept it.
func TestPast(t *testing.T) {
	b := New()
	for c := instruction.Credential(1); c <= 3*pastChunk; c++ {
		b.Charge(hour, Party{Credential: c, Account: 1}, money.Amount(c), 0)
		if c > 1 {
			b.Forget(c - 1)
		}
		if loss, _ := b.past.sums(b.credentials.See(uint32(c)), hour); loss != money.Amount(c) {
			t.Fatalf("key %d lost %d, want %d", c, loss, c)
		}
	}
	if b.past.used > 3 {
		t.Errorf("%d pasts are kept, of an account and of a key or two", b.past.used)
	}
	b.Reserve(Party{Credential: 500, Account: 500}, 7)
	if m := b.credentials.See(500); m.past != 0 || m.reserved.Amount() != 7 {
		t.Error("what was only reserved has a past")
	}
}
