package scenario

import (
	"crypto/sha256"
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Actor is one made-up customer with its key.
type Actor struct {
	Name       string
	Account    instruction.Account
	Credential instruction.Credential
}

// Stall is one market of the demo, as its actors know it.
type Stall struct {
	Symbol string
	Market instruction.Market
	Terms  instruction.Terms
	Last   money.Price  // of the last trade when the cast was set up, else the price to begin at
	Clip   money.Amount // an ordinary quantity, in base units
}

// Cast is who trades in the demo market, and where.
type Cast struct {
	Makers, Takers, Noise []Actor
	Stalls                []Stall
	Since                 instruction.Order // last order of the venue when the cast was set up: names its orders apart from earlier ones
	Stale                 []Stale           // orders that an earlier run left behind
}

// Stale says that an actor has open orders in a market.
type Stale struct {
	Actor  Actor
	Market instruction.Market
}

// demoScale is the scale of all assets of the demo market.
const demoScale money.Scale = 8

const (
	milli = 1e5 // a thousandth of an asset of demoScale
	whole = 1e8 // one of it
)

// demoAssets are the assets with what each actor gets of them.
var demoAssets = []struct {
	symbol string
	fund   money.Amount
}{{"BTC", 2_000 * whole}, {"ETH", 40_000 * whole}, {"USDT", 100_000_000 * whole}}

// The demo's markets, in this order.
const (
	btcusdt = iota
	ethusdt
	ethbtc
)

var demoMarkets = []struct {
	base, quote string
	start       money.Price
	clip        money.Amount
	terms       instruction.Terms
}{
	btcusdt: {"BTC", "USDT", 60_000 * whole, 10 * milli, instruction.Terms{
		Tick: whole / 100, MinPrice: whole / 100, MaxPrice: 1_000_000 * whole,
		Lot: milli / 100, MaxQty: 9_000 * whole, MinNotional: 5 * whole, MakerFee: 1000, TakerFee: 1000}},
	ethusdt: {"ETH", "USDT", 2_700 * whole, 200 * milli, instruction.Terms{
		Tick: whole / 100, MinPrice: whole / 100, MaxPrice: 1_000_000 * whole,
		Lot: milli / 10, MaxQty: 9_000 * whole, MinNotional: 5 * whole, MakerFee: 1000, TakerFee: 1000}},
	ethbtc: {"ETH", "BTC", 45 * milli, 200 * milli, instruction.Terms{
		Tick: milli / 100, MinPrice: milli / 10, MaxPrice: 100 * whole,
		Lot: milli / 10, MaxQty: 100_000 * whole, MinNotional: milli / 10, MakerFee: 1000, TakerFee: 1000}},
}

// Setup makes the demo market, or finds what is there of it: assets, markets, actors with accounts, keys and money. It can
// be called again at any time, and after it failed half-way; who has less than half of its money is given it anew.
//
// The actors' keys are Ed25519 public keys to which nobody has the other half, since they are hashes of the actors' names:
// the actors trade from inside the venue's process, and no request from outside can be signed as one of theirs. Their
// mandates admit the demo's markets only. Their losses are not bounded, as those of everybody else are.
func Setup(d Doer, r Reader) (Cast, error) {
	b := builder{d: d, r: r}
	for _, a := range demoAssets {
		b.asset(a.symbol, demoScale)
	}
	var c Cast
	for i := range demoMarkets {
		c.Stalls = append(c.Stalls, b.market(i))
	}
	b.worth(c.Stalls)
	for _, group := range []struct {
		name  string
		count int
		into  *[]Actor
	}{{"maker", 3, &c.Makers}, {"taker", 4, &c.Takers}, {"noise", 4, &c.Noise}} {
		for i := range group.count {
			*group.into = append(*group.into, b.actor(fmt.Sprintf("demo-%s-%d", group.name, i+1), c.Stalls))
		}
	}
	b.look(&c)
	return c, b.err
}

// Actors are all of them.
func (c *Cast) Actors() []Actor {
	var all []Actor
	return append(append(append(all, c.Makers...), c.Takers...), c.Noise...)
}

// builder sets things up one after the other, and keeps the first error.
type builder struct {
	d   Doer
	r   Reader
	err error
}

// operator is the person who runs the venue.
var operator = instruction.Principal{Giver: instruction.ByOperator}

// do gives an instruction as the operator, and wants it carried out.
func (b *builder) do(what string, in instruction.Instruction) {
	if b.err == nil {
		b.err = carriedOut(b.d, &operator, what, in)
	}
}

// carriedOut gives an instruction; that it was denied or refused is an error.
func carriedOut(d Doer, p *instruction.Principal, what string, in instruction.Instruction) error {
	rec, err := d.Do(p, in)
	if err != nil {
		return fmt.Errorf("scenario: %s: %w", what, err)
	}
	if rec.Verdict.Decision != instruction.Allow {
		return fmt.Errorf("scenario: %s: %v: %s", what, rec.Verdict.Decision, rec.Verdict.Reason().Sentence())
	}
	var ev instruction.Events
	if why := rec.Refused(&ev); why != 0 {
		return fmt.Errorf("scenario: %s: %s", what, why.Sentence())
	}
	return nil
}

// read shows the state.
func (b *builder) read(fn func(*core.State)) {
	if b.err == nil {
		if err := b.r.Read(fn); err != nil {
			b.err = fmt.Errorf("scenario: reading the venue: %w", err)
		}
	}
}

// asset adds an asset, or finds it with the scale it must have.
func (b *builder) asset(symbol string, want money.Scale) {
	var id instruction.Asset
	var scale money.Scale
	b.read(func(s *core.State) {
		if id = s.AssetNamed(symbol); id != 0 {
			scale = s.Asset(id).Scale
		}
	})
	switch {
	case b.err != nil:
	case id == 0:
		b.do("adding "+symbol, &instruction.AddAsset{Symbol: symbol, Scale: want})
	case scale != want:
		b.err = fmt.Errorf("scenario: %s is there with %d decimals and would need %d; a scenario like this takes a venue of its own", symbol, scale, want)
	}
}

func (b *builder) market(i int) Stall {
	def := &demoMarkets[i]
	stall := Stall{Symbol: def.base + def.quote, Clip: def.clip}
	add := instruction.AddMarket{Terms: def.terms}
	find := func(s *core.State) {
		add.Base, add.Quote = s.AssetNamed(def.base), s.AssetNamed(def.quote)
		if m := s.MarketNamed(stall.Symbol); m != nil {
			stall.Market, stall.Terms, stall.Last = m.ID, m.Terms, m.LastPrice
		}
	}
	b.read(find)
	if b.err == nil && stall.Market == 0 {
		b.do("adding "+stall.Symbol, &add)
		b.read(find)
	}
	if stall.Last == 0 {
		stall.Last = def.start
	}
	return stall
}

// actor finds or makes a customer, its key and its money.
func (b *builder) actor(name string, stalls []Stall) Actor {
	a := Actor{Name: name}
	id := instruction.KeyIDOf(name)
	find := func(s *core.State) {
		if a.Credential = s.KeyNamed(id); a.Credential != 0 {
			a.Account = s.Key(a.Credential).Account
			return
		}
		for n := s.Accounts(); n > instruction.Fees && a.Account == 0; n-- {
			if s.Account(n).Ref == name {
				a.Account = n
			}
		}
	}
	b.read(find)
	if b.err == nil && a.Account == 0 {
		b.do("opening "+name, &instruction.OpenAccount{Ref: name})
		b.read(find)
	}
	if b.err == nil && a.Credential == 0 {
		public := sha256.Sum256([]byte("a key that nobody has: " + name))
		mandate := instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}
		for _, s := range stalls {
			mandate.Markets = append(mandate.Markets, s.Market)
		}
		b.do("the key of "+name, &instruction.CreateKey{
			Account: a.Account, ID: id, Scheme: instruction.Ed25519, Material: public[:], Label: "demo market", Mandate: mandate,
		})
		b.read(find)
	}
	b.unbind(a)
	b.fund(a)
	return a
}

// fund gives an actor what it lacks, once it has less than half.
func (b *builder) fund(a Actor) {
	for _, x := range demoAssets {
		var id instruction.Asset
		var has money.Amount
		b.read(func(s *core.State) {
			id = s.AssetNamed(x.symbol)
			have := s.Balance(a.Account, id)
			has = have.Free + have.Held
		})
		if has < x.fund/2 {
			b.do("money for "+a.Name, &instruction.Credit{Account: a.Account, Asset: id, Amount: x.fund - has, Ref: "demo money"})
		}
	}
}

// look notes what an earlier run left behind.
func (b *builder) look(c *Cast) {
	b.read(func(s *core.State) {
		c.Since = s.LastOrder()
		for _, a := range c.Actors() {
			for _, m := range c.Stalls {
				if s.Market(m.Market).Book.Count(a.Account) > 0 {
					c.Stale = append(c.Stale, Stale{a, m.Market})
				}
			}
		}
	})
}
