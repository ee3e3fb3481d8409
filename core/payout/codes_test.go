package payout

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

func writtenCodes(t *testing.T, cs *Codes) []byte {
	t.Helper()
	c := instruction.Writer(nil)
	cs.Fields(&c)
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	return c.Bytes()
}

func readCodes(b []byte) (*Codes, error) {
	cs := NewCodes()
	c := instruction.Reader(b)
	cs.Fields(&c)
	return cs, c.End()
}

// plain is a code of the model.
type plain struct {
	issued  instruction.CodesIssued
	state   instruction.CodeState
	over    instruction.Time
	into    instruction.Account
	payout  instruction.PayoutID
	paying  bool
	expires instruction.Time
}

// TestCodesModel: random codes against plain ones: which moves are taken, what is due when, which names and hashes are taken, all
// through reading back.
func TestCodesModel(t *testing.T) {
	const seed = 20140301
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	cs, waits := NewCodes(), instruction.Time(1000)
	model := map[instruction.CodeID]*plain{}
	payouts, hashes, forgotten := instruction.PayoutID(0), 0, 0
	to := instruction.Destination{Chain: "BTC", Address: "a"}
	last := func() instruction.CodeID { return instruction.CodeID(1 + rng.IntN(int(cs.Last())+1)) }
	for step := range 20_000 {
		if waits += instruction.Time(rng.Int64N(int64(instruction.Day / 24))); rng.IntN(500) == 0 {
			waits += Remembered
		}
		switch rng.IntN(6) {
		case 0:
			e := instruction.CodesIssued{
				First: cs.Last() + 1, Account: instruction.Account(2 + rng.IntN(3)), Credential: 4, Asset: 1, Amount: money.Amount(1 + rng.IntN(9)),
				Expires: waits + 7 + instruction.Time(rng.Int64N(int64(9*instruction.Day))), Client: name(t, fmt.Sprint("n", rng.IntN(300))),
			}
			taken := false
			for range 1 + rng.IntN(3) {
				hashes++
				n := hashes
				if rng.IntN(40) == 0 {
					n = 1 + rng.IntN(hashes)
				}
				e.Codes = append(e.Codes, instruction.NewCode{Hash: instruction.CodeHash{byte(n), byte(n >> 8), byte(n >> 16)}, Message: []byte("m")})
			}
			for _, x := range model {
				taken = taken || x.issued.Account == e.Account && x.issued.Client == e.Client
				for _, c := range e.Codes {
					taken = taken || x.issued.Codes[0].Hash == c.Hash
				}
			}
			for i, c := range e.Codes {
				for _, d := range e.Codes[:i] {
					taken = taken || c.Hash == d.Hash
				}
			}
			before := writtenCodes(t, cs)
			if err := cs.Issue(&e, waits+7, waits); (err == nil) == taken {
				t.Fatalf("step %d: the name or a hash is taken: %v: %v", step, taken, err)
			}
			if taken { // what does not fit breaks the state, which is not used any further
				var err error
				if cs, err = readCodes(before); err != nil {
					t.Fatal(err)
				}
				continue
			}
			for i, c := range e.Codes {
				one := e
				one.Codes = []instruction.NewCode{c}
				model[e.First+instruction.CodeID(i)] = &plain{issued: one, state: instruction.LiveCode, expires: e.Expires - 7}
			}
		case 1:
			e := instruction.CodeClaimed{ID: last(), Account: 9}
			where := instruction.Destination{}
			if rng.IntN(2) == 0 {
				payouts++
				e.Account, e.Payout, where = 0, payouts, to
			}
			x := model[e.ID]
			if x != nil {
				e.Issuer = x.issued.Account
			}
			c, err := cs.Claim(&e, where, waits)
			if (err == nil) != (x != nil && x.state == instruction.LiveCode) {
				t.Fatalf("step %d: claiming %+v: %v", step, x, err)
			}
			if err == nil {
				x.state, x.over, x.into, x.payout, x.paying = instruction.ClaimedCode, waits, e.Account, e.Payout, e.Payout != 0
				if !c.Went(e.Account, &where) || c.Went(8, &where) || c.Went(e.Account, &instruction.Destination{Chain: "BTC", Address: "b"}) {
					t.Fatalf("step %d: it went elsewhere: %+v", step, c)
				}
			}
		case 2:
			e := instruction.CodeReturned{ID: last(), Expired: rng.IntN(2) == 0}
			x := model[e.ID]
			if x != nil {
				e.Issuer = x.issued.Account
			}
			if _, err := cs.Return(&e, waits); (err == nil) != (x != nil && x.state == instruction.LiveCode) {
				t.Fatalf("step %d: returning %+v: %v", step, x, err)
			} else if err == nil {
				x.state, x.over = instruction.ReturnedCode, waits
			}
		case 3:
			id := instruction.PayoutID(1 + rng.IntN(int(payouts)+1))
			var x *plain
			for _, y := range model {
				if y.paying && y.payout == id {
					x = y
				}
			}
			cancelled := rng.IntN(2) == 0
			if _, err := cs.Ended(id, cancelled); (err == nil) != (x != nil) {
				t.Fatalf("step %d: ending payout %d: %v", step, id, err)
			} else if err == nil {
				if x.paying = false; cancelled {
					x.state = instruction.ReturnedCode
				}
			}
		case 4:
			e := instruction.CodeForgotten{ID: last()}
			x := model[e.ID]
			if err := cs.Forget(&e); (err == nil) != (x != nil && x.state != instruction.LiveCode && !x.paying) {
				t.Fatalf("step %d: forgetting %+v: %v", step, x, err)
			} else if err == nil {
				delete(model, e.ID)
				forgotten++
			}
		case 5:
			for c := cs.Due(waits); c != nil; c = cs.Due(waits) {
				x := model[c.ID]
				switch {
				case x != nil && x.state == instruction.LiveCode && x.expires <= waits:
					x.state, x.over = instruction.ReturnedCode, waits
					if _, err := cs.Return(&instruction.CodeReturned{ID: c.ID, Issuer: c.Account, Expired: true}, waits); err != nil {
						t.Fatal(err)
					}
				case x != nil && x.state != instruction.LiveCode && !x.paying && x.over+Remembered <= waits:
					delete(model, c.ID)
					if err := cs.Forget(&instruction.CodeForgotten{ID: c.ID}); err != nil {
						t.Fatal(err)
					}
				default:
					t.Fatalf("step %d: at %d it is due: %+v", step, waits, x)
				}
			}
			for id, x := range model {
				if x.state == instruction.LiveCode && x.expires <= waits || x.state != instruction.LiveCode && !x.paying && x.over+Remembered <= waits {
					t.Fatalf("step %d: code %d is not due, and should be", step, id)
				}
			}
		}
		if step%100 == 0 {
			b := writtenCodes(t, cs)
			again, err := readCodes(b)
			if err != nil || !bytes.Equal(writtenCodes(t, again), b) {
				t.Fatalf("step %d: read back it is another: %v", step, err)
			}
			sameCodes(t, again, model)
			if cs = again; step%10_000 == 0 {
				for n := 0; n < len(b); n += 1 + rng.IntN(60) {
					if _, err := readCodes(b[:n]); err == nil {
						t.Fatalf("step %d: the first %d of %d bytes are read as a whole", step, n, len(b))
					}
				}
			}
		}
	}
	if forgotten == 0 || payouts == 0 || len(model) == 0 {
		t.Errorf("%d forgotten, %d paid, %d left: the test tests little", forgotten, payouts, len(model))
	}
}

func sameCodes(t *testing.T, cs *Codes, model map[instruction.CodeID]*plain) {
	t.Helper()
	live, n := map[instruction.Account]int{}, 0
	for id, x := range model {
		c := cs.Code(id)
		if c == nil || c.State != x.state || c.Into != x.into || c.Payout != x.payout || c.Paying != x.paying || c.Over != x.over || c.Account != x.issued.Account ||
			cs.Hashed(x.issued.Codes[0].Hash) != c || c.Due != x.expires || (len(c.Message) > 0) != (x.state == instruction.LiveCode) || (x.payout != 0) != (cs.Paid(x.payout) == c) {
			t.Fatalf("code %d is %+v, and should be %+v", id, c, x)
		}
		if x.state == instruction.LiveCode {
			live[x.issued.Account]++
		}
	}
	for a := instruction.Account(0); a < 9; a++ {
		if cs.Live(a) != live[a] {
			t.Fatalf("account %d has %d live codes, and should have %d", a, cs.Live(a), live[a])
		}
		n += len(cs.Of(a))
	}
	if n != len(model) {
		t.Fatalf("%d codes are known, and should be %d", n, len(model))
	}
}

// TestCodeLimits: an account has so many live codes, and so many that are known.
func TestCodeLimits(t *testing.T) {
	cs := NewCodes()
	issue := func() error {
		e := instruction.CodesIssued{First: cs.Last() + 1, Account: 2, Asset: 1, Amount: 1, Expires: 10, Codes: make([]instruction.NewCode, 50)}
		for i := range e.Codes {
			n := int(cs.Last()) + i
			e.Codes[i].Hash = instruction.CodeHash{1, byte(n), byte(n >> 8), byte(n >> 16)}
		}
		return cs.Issue(&e, 5, 5)
	}
	for len(cs.Of(2)) < MaxCodes {
		for cs.Live(2) < MaxLiveCodes {
			if err := issue(); err != nil {
				t.Fatal(err)
			}
		}
		if issue() == nil {
			t.Fatal("more live codes than may be")
		}
		for _, c := range cs.Of(2) {
			if c.State == instruction.LiveCode {
				if _, err := cs.Return(&instruction.CodeReturned{ID: c.ID, Issuer: 2}, 5); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if issue() == nil {
		t.Fatal("more codes than may be known")
	}
	// Tens of thousands of payouts of the venue's own account, which no limit holds.
	ps := New()
	for i := range instruction.PayoutID(30_000) {
		if err := ps.Make(&instruction.PayoutMade{ID: i + 1, Account: instruction.Fees, Asset: 1, Amount: 1, State: claimed}, 7); err != nil {
			t.Fatal(err)
		}
	}
	b := written(t, ps)
	ps, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range instruction.PayoutID(30_000) {
		if _, err := ps.Move(&instruction.PayoutMoved{ID: 30_000 - i, Account: instruction.Fees, State: settled}); err != nil {
			t.Fatal(err)
		}
	}
	if len(ps.Of(instruction.Fees)) != 0 {
		t.Error("what is settled is still live")
	}
}
