package leak

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"portcullis/core/instruction"
	"portcullis/scenario/house"
)

// platform is the one whose store leaks.
const platform = "3commas"

var (
	born   = on(2021, 12, 20) // the oldest key: younger than a year at the end, so that none falls back for its age
	begin  = on(2022, 10, 10)
	stolen = on(2022, 9, 20) // when the store was copied
)

func on(year int, month time.Month, day int) instruction.Time {
	return instruction.TimeOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// key is one API key, by its number less one.
type key struct {
	leaked bool // a thief has it
	gone   bool // its owner deleted it
}

// world is who there is.
type world struct {
	rng  *rand.Rand
	keys []key
	ids  int // given to orders
}

// home is where the customer of a key is: networks of three octets, each of a customer or a few.
func home(account instruction.Account) netip.Addr {
	n := uint32(account) * 2654435761 >> 8 // spread, and the same for each account
	return netip.AddrFrom4([4]byte{100, byte(n >> 16), byte(n >> 8), 7})
}

// populate makes a market, customers and keys. Customers have one key to three, each of another platform mostly; every tenth
// key is deleted by the time that thefts begin.
func (x *replay) populate() {
	h := x.house
	h.Operate(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	h.Operate(&instruction.AddAsset{Symbol: "USDT", Scale: 8})
	h.Operate(&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
		Tick: 1_000_000, MinPrice: 1_000_000, MaxPrice: 100_000_000_000_000, Lot: 1_000, MaxQty: 900_000_000_000,
	}})
	names := []string{platform}
	for i := 1; i < x.o.Platforms; i++ {
		names = append(names, fmt.Sprintf("platform-%02d", i))
	}
	account, left := instruction.Account(0), 0
	for i := range x.o.Keys {
		if left == 0 {
			left = []int{1, 1, 1, 2, 3}[x.rng.IntN(5)]
			h.Operate(&instruction.OpenAccount{Ref: fmt.Sprint("c-", i)})
			account = h.State.Accounts()
		}
		left--
		x.make(i, account, names)
		if tenth := x.o.Keys / 10; tenth > 0 && (i+1)%tenth == 0 {
			x.o.Say(fmt.Sprintf("… %d of %d keys made", i+1, x.o.Keys))
		}
	}
}

// make makes one key. Its material is its number: whoever has it signs with it.
func (x *replay) make(i int, account instruction.Account, names []string) {
	maker := names[x.size(len(names))]
	made := born + instruction.Time(x.rng.Int64N(int64(begin-born)))
	material := make([]byte, 32)
	material[0], material[1], material[2], material[3] = 1, byte(i), byte(i>>8), byte(i>>16)
	h := x.house
	h.Operate(&instruction.CreateKey{
		Account: account, ID: instruction.KeyIDOf(fmt.Sprint("key ", i)), Scheme: instruction.Ed25519, Material: material,
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}, Integrator: maker, Created: made,
	})
	c := instruction.Credential(i + 1) // #nosec G115 -- a hundred thousand
	h.Give(&instruction.Principal{Giver: instruction.ByVenue, Addr: home(account)}, &instruction.Sight{Credential: c, Proven: true})
	k := key{leaked: maker == platform && made < stolen}
	if maker != platform && x.rng.IntN(100) == 0 { // pasted there too, and nobody knows
		k.leaked = made < stolen
	}
	if x.rng.IntN(10) == 0 {
		h.Operate(&instruction.RevokeKey{Credential: c})
		k.gone = true
	}
	x.keys = append(x.keys, k)
}

// size draws a platform: the largest has about ten times as many keys as the smallest, and the one that leaks is of the larger.
func (x *replay) size(n int) int {
	for {
		if i := x.rng.IntN(n); x.rng.IntN(n) >= i*9/10 {
			return i
		}
	}
}

// pick is a key that fits, other than those that were used before; where none is left, any that was not used.
func (x *replay) pick(fits func(int) bool) int {
	begin, any := x.rng.IntN(len(x.keys)), 0
	for n := range x.keys {
		i := (begin + n) % len(x.keys)
		if x.used[i] {
			continue
		}
		if any = i; fits(i) {
			break
		}
	}
	x.used[any] = true
	return any
}

// order is what whoever has a key tries with it.
func (x *replay) order(i int, from netip.Addr) house.Answer {
	x.ids++
	id, _ := instruction.ClientIDOf(fmt.Sprint("o-", x.ids))
	c := instruction.Credential(i + 1) // #nosec G115 -- a hundred thousand
	return x.house.Send(house.By(c, from), &instruction.PlaceOrder{
		Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: 1_900_000_000_000, Qty: 1_000, ClientID: id,
	})
}
