package ledger

import (
	"errors"
	"math/rand"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

func TestPostings(t *testing.T) {
	l := New()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	refused := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	must(l.CameIn(2, 1, 100))
	refused(l.CameIn(2, 1, 0), money.ErrRange)
	refused(l.CameIn(2, 1, -1), money.ErrRange)
	refused(l.CameIn(3, 1, money.MaxAmount), money.ErrRange) // together more than can be
	refused(l.Hold(2, 1, 101), ErrInsufficient)
	refused(l.Hold(2, 1, -1), ErrInsufficient)
	refused(l.Hold(9, 9, 1), ErrInsufficient)
	must(l.Hold(2, 1, 60))
	refused(l.Release(2, 1, 61), ErrInsufficient)
	must(l.Release(2, 1, 10))
	refused(l.Pay(2, 3, 1, 51, 0), ErrInsufficient)
	refused(l.Pay(2, 3, 1, 10, 11), money.ErrRange)
	must(l.Pay(2, 3, 1, 30, 2))
	refused(l.GoOut(2, 1, 21), ErrInsufficient)
	refused(l.GoOut(2, 1, 0), ErrInsufficient)
	refused(l.GoOut(3, 1, 1), ErrInsufficient) // what is free is not sent
	refused(l.GoOut(9, 9, 1), ErrInsufficient)
	must(l.GoOut(2, 1, 5))
	if in, out := l.Came(1); in != 100 || out != 5 {
		t.Errorf("%d came in and %d went out", in, out)
	}
	for account, want := range map[instruction.Account]Balance{2: {50, 15}, 3: {28, 0}, instruction.Fees: {2, 0}} {
		if got := l.Balance(account, 1); got != want {
			t.Errorf("account %d has %+v, want %+v", account, got, want)
		}
	}
	if x := l.Imbalance(); x != 0 {
		t.Errorf("asset %d is out of balance", x)
	}
	must(l.Check())
}

// TestImbalance: money out of nowhere is seen, by the cheap look and by the full count.
func TestImbalance(t *testing.T) {
	l := New()
	l.CameIn(2, 7, 100)
	l.post(3, l.at(3, 7), 1, 0)
	if l.Imbalance() != 7 || l.Check() == nil {
		t.Error("one unit out of nowhere was not seen")
	}
}

// TestCanonical: the same balances give the same bytes, and bytes give the same balances, whatever led to them.
func TestCanonical(t *testing.T) {
	seed := int64(5)
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	l := New()
	for range 5000 {
		a, b, x, n := instruction.Account(r.Intn(40)+1), instruction.Account(r.Intn(40)+1), instruction.Asset(r.Intn(5)+1), money.Amount(r.Intn(1000))
		switch r.Intn(4) {
		case 0:
			l.CameIn(a, x, n)
		case 1:
			l.Hold(a, x, n)
		case 2:
			l.Release(a, x, n)
		case 3:
			l.Pay(a, b, x, n, n/100)
		}
		if l.Imbalance() != 0 {
			t.Fatal("out of balance")
		}
	}
	w := instruction.Writer(nil)
	l.Fields(&w)
	again := New()
	rd := instruction.Reader(w.Bytes())
	again.Fields(&rd)
	if err := rd.End(); err != nil {
		t.Fatal(err)
	}
	w2 := instruction.Writer(nil)
	again.Fields(&w2)
	if string(w.Bytes()) != string(w2.Bytes()) {
		t.Error("read back, the ledger writes other bytes")
	}
	for n := range w.Bytes() {
		c := instruction.Reader(w.Bytes()[:n])
		New().Fields(&c)
		if c.End() == nil {
			t.Fatalf("cut to %d bytes, the ledger is read", n)
		}
	}
}
