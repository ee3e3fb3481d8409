package scenario

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/seal"
	"portcullis/internal/secret"
)

// Customer is an account with money and an API key, whose other half the scenario holds.
type Customer struct {
	Account instruction.Account
	Key     Key
}

// Stage is where a tape is played: a market made for it, and the customers who trade there.
type Stage struct {
	Base, Quote string // symbols of assets, which are added where they are not there yet
	Customers   int    // at least 2; every second one has an HMAC key, the others Ed25519
	// Terms of the market; nil takes the tape's.
	Terms *instruction.Terms
	// Seal seals the HMAC secrets, as the venue opens them.
	Seal seal.KEK
}

// loopback is where the customers' keys may come from.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// Set makes the market and the customers, as the operator does, and gives each customer enough to make or take every
// trade of the tape. The market must not be there yet.
func (g *Stage) Set(d Doer, r Reader, t *Tape) ([]Customer, error) {
	terms := g.Terms
	if terms == nil {
		own, err := t.Terms()
		if err != nil {
			return nil, err
		}
		terms = &own
	}
	if g.Customers < 2 {
		return nil, fmt.Errorf("scenario: %d customers, a trade takes 2", g.Customers)
	}
	base, quote, err := t.needs()
	if err != nil {
		return nil, err
	}
	b := builder{d: d, r: r}
	b.asset(g.Base, t.Base)
	b.asset(g.Quote, t.Quote)
	add := instruction.AddMarket{Terms: *terms}
	b.read(func(s *core.State) { add.Base, add.Quote = s.AssetNamed(g.Base), s.AssetNamed(g.Quote) })
	b.do("adding "+g.Base+g.Quote, &add)
	var list []Customer
	for i := range g.Customers {
		c := b.customer(i, g.Seal)
		b.do("money for customer", &instruction.Credit{Account: c.Account, Asset: add.Base, Amount: base, Ref: "for a tape"})
		b.do("money for customer", &instruction.Credit{Account: c.Account, Asset: add.Quote, Amount: quote, Ref: "for a tape"})
		list = append(list, c)
	}
	return list, b.err
}

// needs is what the whole tape moves.
func (t *Tape) needs() (base, quote money.Amount, err error) {
	for i := range t.Trades {
		x := &t.Trades[i]
		n, err := money.Notional(x.Price, x.Qty, t.Base, money.Up)
		if err == nil {
			quote, err = quote.Add(n)
		}
		if err == nil {
			base, err = base.Add(x.Qty)
		}
		if err != nil {
			return 0, 0, fmt.Errorf("%w: trade %d: what it moves does not fit", ErrTape, i+1)
		}
	}
	return base, quote, nil
}

// customer opens an account with a key.
func (b *builder) customer(i int, k seal.KEK) Customer {
	var c Customer
	b.do("opening an account", &instruction.OpenAccount{Ref: fmt.Sprintf("tape-%d", i+1)})
	b.read(func(s *core.State) { c.Account = s.Accounts() })
	random := make([]byte, 32)
	rand.Read(random)
	text := hex.EncodeToString(random)
	in := instruction.CreateKey{Account: c.Account, ID: instruction.KeyIDOf(text), Label: "tape", Mandate: instruction.Mandate{
		Rights: instruction.MayRead | instruction.MayTrade, Networks: loopback,
	}}
	if i%2 == 0 {
		public, private, err := ed25519.GenerateKey(nil)
		if b.err == nil {
			b.err = err
		}
		in.Scheme, in.Material = instruction.Ed25519, public
		c.Key = Ed25519Key(text, private)
	} else {
		plain := make([]byte, 32)
		rand.Read(plain)
		c.Key = HMACKey(text, secret.New(plain))
		sealed, err := k.Seal(secret.New(plain), in.ID[:])
		if b.err == nil {
			b.err = err
		}
		in.Scheme, in.Material = instruction.HMAC, sealed
	}
	b.do("a key", &in)
	return c
}
