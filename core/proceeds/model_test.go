package proceeds

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const start = 1000 * instruction.Day

// fair is 10 a piece of the base asset, which has no decimals.
var fair = Fair{Low: 10, High: 10, Slack: 10_000}

// deal is a fill of qty at a price.
func deal(buyer, seller Party, price money.Price, qty money.Amount) *Fill {
	return &Fill{Market: 1, Price: price, Qty: qty, Quote: money.Amount(price) * qty, Buyer: buyer, Seller: seller, TakerBuys: true}
}

func party(n int) Party {
	return Party{instruction.Credential(n), instruction.Account(n)} // #nosec G115 -- small
}

// bytesOf is the persisted form at a time.
func bytesOf(p *Proceeds, at instruction.Time) []byte {
	c := instruction.Writer(nil)
	p.Fields(&c, As{Waits: at, Key: 1000, Market: 10, Account: 1000})
	return c.Bytes()
}

// naive remembers every fill.
type naive struct {
	day int64
	who instruction.Account // who gained, or lost where n is below 0
	n   money.Amount
}

// sums are what somebody gained, and lost again, that counts on a day.
func sums(list []naive, day int64, who instruction.Account) (gross, back money.Amount) {
	for _, x := range list {
		switch {
		case day-x.day >= slots, who != 0 && x.who != who:
		case x.n > 0:
			gross += x.n
		default:
			back -= x.n
		}
	}
	return gross, back
}

// TestAgainstNaive: whatever people trade with a key over weeks, nobody is named for more than he gained, nobody who gained
// more than his part of all is missing by more than that part, what the key lost is exact, and all claims together are never
// more. What is read back from the persisted form at any time goes on as the other does.
func TestAgainstNaive(t *testing.T) {
	for seed := range uint64(16) {
		r := rand.New(rand.NewPCG(seed, 6)) // #nosec G404 -- a test
		p, now := New(), instruction.Time(start)
		var list []naive
		others := 2 + r.IntN(3*MaxGainers)
		for step := range 500 {
			now += instruction.Time(r.Int64N(int64(instruction.Day) / 100))
			who := 2 + r.IntN(others)
			if r.IntN(3) == 0 {
				who = 2 + r.IntN(min(others, 5))
			}
			qty, price := money.Amount(1+r.IntN(50)), money.Price(1+r.IntN(40))
			f := deal(party(1), party(who), price, qty)
			if r.IntN(3) == 0 {
				f.Buyer, f.Seller = f.Seller, f.Buyer
			}
			p.Note(now, f, fair)
			n := f.Quote - 10*qty // what the seller gained
			if f.Buyer.Key != 1 {
				n = -n
			}
			if n != 0 {
				list = append(list, naive{day: dayOf(now), who: instruction.Account(who), n: n}) // #nosec G115 -- small
			}
			if step%25 == 0 {
				against(t, seed, p, list, now)
			}
			if r.IntN(200) == 0 {
				was := bytesOf(p, now)
				back := New()
				c := instruction.Reader(was)
				if back.Fields(&c, As{Waits: now, Key: 1000, Market: 10, Account: 1000}); c.End() != nil {
					t.Fatalf("seed %d: %v", seed, c.Err())
				}
				if !bytes.Equal(bytesOf(back, now), was) {
					t.Fatalf("seed %d: read back it is another", seed)
				}
				later := now + instruction.Time(r.Int64N(int64(5*instruction.Day)))
				if !bytes.Equal(bytesOf(back, later), bytesOf(p, later)) {
					t.Fatalf("seed %d: later it is another", seed)
				}
				p = back
			}
		}
	}
}

// against holds what is known against all fills.
func against(t *testing.T, seed uint64, p *Proceeds, list []naive, now instruction.Time) {
	t.Helper()
	day := dayOf(now)
	gross, back := sums(list, day, 0)
	lost, unnamed := p.Lost(now, 1, 1)
	if want := max(gross-back, 0); lost != want {
		t.Fatalf("seed %d: the key lost %d, and %d is noted", seed, want, lost)
	}
	named := money.Amount(0)
	l := p.table(1, 1)
	for who := instruction.Account(2); who < 2+4*MaxGainers; who++ {
		his, lostAgain := sums(list, day, who)
		at, ok := l.find(who)
		var has slot
		if ok {
			has = l.rows[at].sum(l.day, day)
		}
		n := has.dear + has.cheap
		named += n
		if n > his || has.back > lostAgain {
			t.Fatalf("seed %d: %d gained %d and lost %d, and %d and %d are noted", seed, who, his, lostAgain, n, has.back)
		}
		// The bound of Misra and Gries is over all that was ever in the table; what expired is at most as much again here.
		if all, _ := sums(list, day-int64(slots), 0); his-n > (gross+all+gross)/(MaxGainers+1)*2 {
			t.Fatalf("seed %d: %d gained %d of %d, and %d are noted", seed, who, his, gross, n)
		}
	}
	if unnamed != gross-named {
		t.Fatalf("seed %d: %d is unnamed, and %d is said to be", seed, gross-named, unnamed)
	}
	claimed := money.Amount(0)
	for _, x := range p.Claims(now, 1, 1, 1000) {
		if x.Indirect {
			continue
		}
		his, lostAgain := sums(list, day, x.Customer)
		worth := x.Quote + 10*x.Base
		claimed += worth
		if worth > his || lostAgain > 0 && worth > his {
			t.Fatalf("seed %d: %d is claimed of %d, who gained %d", seed, worth, x.Customer, his)
		}
	}
	if claimed > lost {
		t.Fatalf("seed %d: %d is claimed, and the key lost %d", seed, claimed, lost)
	}
}

// TestFair: what lies within what is fair, and its slack, leaves no trace; beyond it, the gain is counted from what is fair.
func TestFair(t *testing.T) {
	wide := Fair{Low: 9_000, High: 11_000, Slack: 10_000}
	for _, c := range []struct {
		price money.Price
		want  money.Amount
	}{{9_000, 0}, {10_000, 0}, {11_110, 0}, {11_111, 111}, {20_000, 9_000}, {8_910, 0}, {8_909, 91}, {1, 8_999}} {
		p := New()
		p.Note(start, deal(party(1), party(2), c.price, 1_000), wide)
		n, _ := p.Lost(start, 1, 1)
		m, _ := p.Lost(start, 2, 1)
		if n+m != c.want*1_000 || n != 0 && m != 0 || c.price > 11_000 && m != 0 {
			t.Errorf("at %d the buyer lost %d and the seller %d, want %d", c.price, n, m, c.want*1_000)
		}
		if c.want == 0 && len(p.keys) > 0 {
			t.Errorf("at %d something is kept of a fair trade", c.price)
		}
	}
	p := New()
	p.Note(start, deal(party(1), party(2), 90, 5), Fair{})
	p.Note(start, deal(party(1), Party{7, 1}, 90, 5), fair)
	if len(p.keys) > 0 || len(p.markets) > 0 {
		t.Error("a trade without a fair price, or with oneself, is noted")
	}
}

// TestFlood: a helper who gains much in small parts among decoys, who come first and gain more with each fill, is named.
func TestFlood(t *testing.T) {
	p := New()
	for i := range MaxGainers {
		p.Note(start, deal(party(1), party(100+i), 110, 1), fair) // 100 each
	}
	for range 1_000 {
		p.Note(start, deal(party(1), party(2), 20, 9), fair) // 90 each
	}
	got := money.Amount(0)
	for _, x := range p.Claims(start, 1, 1, 1000) {
		if x.Customer == 2 && !x.Indirect {
			got = x.Quote
		}
	}
	if least := money.Amount(90_000 - (90_000+100*MaxGainers)/(MaxGainers+1)); got < least || got > 90_000 {
		t.Errorf("of 90000 that the helper gained %d are claimed, want %d at least", got, least)
	}
	// Of thousands who gained the same nobody stands out, and what is not named is known as a sum.
	p = New()
	for i := range 5_000 {
		p.Note(start, deal(party(1), Party{2, instruction.Account(10 + i)}, 20, 1), fair) // #nosec G115 -- small
	}
	lost, unnamed := p.Lost(start, 1, 1)
	named := money.Amount(0)
	for _, x := range p.Claims(start, 1, 1, 1000) {
		if !x.Indirect {
			named += x.Quote
		}
	}
	if lost != 50_000 || named+unnamed != lost {
		t.Errorf("of %d that were lost, %d are named and %d not", lost, named, unnamed)
	}
	if n := len(p.table(1, 1).rows); n > MaxGainers {
		t.Errorf("%d are named", n)
	}
}

// TestMove: who sells into a move that the key made is named beside who sold to the key, each for what he gained, and nobody
// for the move of another market, another time or the other direction. Together they are claimed for no more than was lost.
func TestMove(t *testing.T) {
	p, at := New(), instruction.Time(start)
	p.Note(at, deal(party(1), party(2), 30, 100), fair) // the key lost 2000 to 2
	p.Note(at+instruction.Second, deal(party(3), party(4), 20, 50), fair)
	p.Note(at+2*instruction.Second, deal(party(3), party(5), 5, 50), fair)          // the other way
	p.Note(at+MoveSpan+instruction.Second, deal(party(3), party(6), 20, 500), fair) // too late
	want := []Claim{{1, 2, 2_000, 0, false}, {1, 4, 500, 0, true}}
	got := p.Claims(at+MoveSpan+instruction.Second, 1, 1, 1000)
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("claims are %+v, want %+v", got, want)
	}
	p.Note(at+3*instruction.Second, deal(party(3), party(4), 30, 1_000), fair)
	sum := money.Amount(0)
	for _, x := range p.Claims(at+4*instruction.Second, 1, 1, 1000) {
		if x.Indirect {
			sum += x.Quote
		}
	}
	if sum == 0 || sum > 2_000 {
		t.Errorf("%d is claimed of who followed, and the key lost 2000", sum)
	}
	if n := p.Claims(at, 4, 4, 1000); len(n) != 0 {
		t.Errorf("a key that lost nothing has claims: %+v", n)
	}
}

// TestClaimedOnce: what is claimed is gone, directly and by the move.
func TestClaimedOnce(t *testing.T) {
	p := New()
	p.Note(start, deal(party(1), party(2), 30, 100), fair)
	p.Note(start, deal(party(3), party(4), 20, 50), fair)
	for i, x := range p.Claims(start, 1, 1, 1000) {
		e := instruction.ProceedsHeld{
			ID: instruction.ProceedsID(i + 1), Account: x.Customer, Asset: 2, Credential: 1, Market: 1, Of: 2, Gain: x.Quote, Missing: x.Quote, Indirect: x.Indirect, // #nosec G115 -- small
		}
		if err := p.Fold(&e, x.Customer, start); err != nil {
			t.Fatal(err)
		}
	}
	if again := p.Claims(start, 1, 1, 1000); len(p.Holds()) != 2 || len(again) != 0 {
		t.Errorf("%d holds, and claimed again are %+v", len(p.Holds()), again)
	}
}

func BenchmarkNoteFair(b *testing.B) {
	p, f := New(), deal(party(1), party(2), 10, 100)
	b.ReportAllocs()
	for b.Loop() {
		p.Note(start, f, fair)
	}
}

func BenchmarkNoteUnfair(b *testing.B) {
	p, f := New(), deal(party(1), party(2), 30, 100)
	b.ReportAllocs()
	for b.Loop() {
		p.Note(start, f, fair)
	}
}
