package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// harbour is a venue with many coins and many spends under way, stepped without a twin.
type harbour struct {
	*coast
	b     *testing.B
	coins []instruction.Outpoint
}

func (h *harbour) give(in instruction.Instruction) {
	h.b.Helper()
	b, err := h.s.Step(h.now, &byWallet, in, nil)
	if err != nil {
		h.b.Fatal(err)
	}
	var r instruction.Record
	var ev instruction.Events
	if err := r.Decode(1, b); err != nil {
		h.b.Fatal(err)
	}
	if why := r.Refused(&ev); why != 0 {
		h.b.Fatal(why)
	}
}

func (h *harbour) rest() {
	for h.tickOnce(); h.s.Working(); h.tickOnce() {
	}
}

func (h *harbour) tickOnce() {
	engine := instruction.Principal{Giver: instruction.ByEngine}
	if _, err := h.s.Step(h.now, &engine, &instruction.Tick{}, nil); err != nil {
		h.b.Fatal(err)
	}
}

// newHarbour has that many coins, and spends of one each that are signed and seen.
func newHarbour(b *testing.B, coins, spends int) *harbour {
	h := &harbour{coast: newCoast(b), b: b}
	h.give(h.advance())
	for len(h.coins) < coins+spends {
		in := h.advance()
		for range instruction.MaxMoves {
			r := h.coin(instruction.Fees, 10_000+money.Amount(h.n*7919%100_000))
			in.Received, h.coins = append(in.Received, r), append(h.coins, r.Coin)
		}
		h.give(in)
		h.rest()
	}
	h.give(h.advance())
	h.rest()
	for i := range spends {
		h.one(i)
	}
	return h
}

// one plans, signs and sees a spend of the i-th coin.
func (h *harbour) one(i int) {
	h.give(&instruction.PlanSpend{Asset: ltc, Inputs: h.coins[i : i+1], Fee: 1, Size: 150})
	id := h.chain().LastSpend()
	h.give(&instruction.SignSpend{Asset: ltc, Spend: id, Tx: h.tx(), Raw: make([]byte, 200)})
	h.give(&instruction.SeeSpends{Asset: ltc, Spends: []instruction.SpendID{id}})
}

// BenchmarkChains is what a record of the wallet's costs the one writer, with 100,000 coins and 10,000 spends under way.
func BenchmarkChains(b *testing.B) {
	const coins, spends = 100_000, 10_000
	h := newHarbour(b, coins, spends)
	next := spends
	b.Run("tick", func(b *testing.B) {
		for range b.N {
			h.tickOnce()
		}
	})
	b.Run("plan, sign and see", func(b *testing.B) {
		for range b.N {
			h.one(next)
			next++
		}
	})
	b.Run("replace, of 200 coins", func(b *testing.B) {
		p := &instruction.PlanSpend{Asset: ltc, Inputs: h.coins[next : next+200], Fee: 1, Size: 20_000}
		next += 200
		h.give(p)
		for i := range b.N {
			if i%60 == 59 {
				p = &instruction.PlanSpend{Asset: ltc, Inputs: h.coins[next : next+200], Fee: 1, Size: 20_000}
				next += 200
			} else {
				p.Replaces = h.chain().LastSpend()
			}
			h.give(p)
		}
	})
	b.Run("block of 500 and 500", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			in := h.advance()
			for _, s := range h.chain().Spends()[:500] {
				if s.Height == 0 && s.Signed() {
					in.Spent = append(in.Spent, instruction.Spent{Coin: s.Anchor(), By: s.Tx})
				}
			}
			for range instruction.MaxMoves {
				in.Received = append(in.Received, h.coin(instruction.Fees, 20_000))
			}
			b.StartTimer()
			h.give(in)
			b.StopTimer()
			h.rest()
			b.StartTimer()
		}
	})
	b.Run("empty block", func(b *testing.B) {
		for range b.N {
			h.give(h.advance())
		}
	})
	b.Run("rewind of 5 blocks with 2500 coins", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			for range 5 {
				in := h.advance()
				for range instruction.MaxMoves {
					in.Received = append(in.Received, h.coin(instruction.Fees, 20_000))
				}
				h.give(in)
				h.rest()
			}
			all := h.chain().Blocks()
			to := all[len(all)-6]
			b.StartTimer()
			h.give(&instruction.Rewind{Asset: ltc, Height: to.Height, Hash: to.Hash})
			b.StopTimer()
			h.rest()
			b.StartTimer()
		}
	})
	b.Run("check", func(b *testing.B) {
		for range b.N {
			if err := h.s.Check(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read back", func(b *testing.B) {
		w := instruction.Writer(nil)
		h.s.Fields(&w)
		b.SetBytes(int64(len(w.Bytes())))
		b.ResetTimer()
		for range b.N {
			r := instruction.Reader(w.Bytes())
			s := New()
			if s.Fields(&r); r.End() != nil {
				b.Fatal(r.End())
			}
		}
	})
}
