package budget

import (
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// parties are n keys of as many sub-accounts, ten of each customer.
func parties(n int) []Party {
	list := make([]Party, n)
	for i := range list {
		list[i] = Party{
			Credential: instruction.Credential(i + 1), Account: instruction.Account(n/10 + i + 2), Parent: instruction.Account(i/10 + 2),
		}
	}
	return list
}

// traded is where each of them lost something and reserved something, over a day.
func traded(list []Party) *Budgets {
	b := New()
	for h := range instruction.Time(12) {
		for _, p := range list {
			b.Charge(start+2*h*hour, p, 10, 5)
			b.Reserve(p, 3)
		}
	}
	return b
}

var sink money.Amount

func BenchmarkLeft(b *testing.B) {
	for name, n := range map[string]int{"one": 1, "10000": 10_000} {
		for kind, strip := range map[string]bool{"sub": false, "master": true} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				list := parties(n)
				if strip {
					for i := range list {
						list[i].Parent = 0
					}
				}
				x := traded(list)
				r := rand.New(rand.NewPCG(1, 1))
				order := make([]Party, 4096)
				for i := range order {
					order[i] = list[r.IntN(n)]
				}
				e := Equity{Own: 1_000_000_00000000, Family: 3_000_000_00000000}
				for i := 0; b.Loop(); i++ {
					loss, fees := x.Left(start+23*hour, order[i&4095], e)
					sink += loss.Left + fees.Left
				}
			})
		}
	}
}

func BenchmarkCharge(b *testing.B) {
	for name, n := range map[string]int{"one": 1, "10000": 10_000} {
		b.Run(name, func(b *testing.B) {
			list := parties(n)
			x := traded(list)
			r := rand.New(rand.NewPCG(1, 1))
			order := make([]Party, 4096)
			for i := range order {
				order[i] = list[r.IntN(n)]
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				x.Charge(start+23*hour, order[i&4095], 10, 5)
			}
		})
	}
}
