package scenario

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Attempt is an instruction that somebody tries to give, at a time that somebody's clock shows.
type Attempt struct {
	Now instruction.Time
	By  instruction.Principal
	In  instruction.Instruction
}

// Random makes attempts of every kind of instruction: sound ones that keep a venue trading, and among them wrong givers,
// signed requests given again, clocks that go back or leap, and any field of anything set to what hurts most, be it
// possible to write down or not. The same seed, shown the same states, gives the same attempts. It is for one goroutine.
type Random struct {
	rng    *rand.Rand
	now    instruction.Time
	found  []instruction.Instruction // what founds the venue, still to be given
	signed []instruction.Principal   // of the last signed requests
	count  int
}

// NewRandom is a generator for a venue that does not exist yet, whose clock begins at now.
func NewRandom(seed uint64, now instruction.Time) *Random {
	return &Random{rng: rand.New(rand.NewPCG(seed, 2)), now: now, found: founding()}
}

// founders is how many accounts, each with a key of the same number less one, a random venue begins with.
const founders = 8

// founding is a venue with odd assets and odd terms: without decimals and with the most, without fees and with almost
// nothing but fees.
func founding() []instruction.Instruction {
	list := []instruction.Instruction{
		&instruction.AddAsset{Symbol: "BTC", Scale: 8}, &instruction.AddAsset{Symbol: "USDT", Scale: 8},
		&instruction.AddAsset{Symbol: "YEN", Scale: 0}, &instruction.AddAsset{Symbol: "WEI", Scale: money.MaxScale},
		&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
			Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e8, MakerFee: 1000, TakerFee: 2000}},
		&instruction.AddMarket{Base: 3, Quote: 1, Terms: instruction.Terms{
			Tick: 1, MinPrice: 1, MaxPrice: 1e9, Lot: 1, MaxQty: 1e9, MakerFee: 999_999, TakerFee: 333_333}},
		&instruction.AddMarket{Base: 4, Quote: 3, Terms: instruction.Terms{
			Tick: 1, MinPrice: 1, MaxPrice: money.Price(money.MaxAmount), Lot: 1e12, MaxQty: 1e18}},
		&instruction.AddMarket{Base: 1, Quote: 3, Terms: instruction.Terms{
			Tick: 1, MinPrice: 100, MaxPrice: 1e9, Lot: 1e6, MaxQty: 1e12, MakerFee: -300_000, TakerFee: 333_333, FeeIn: 3}},
		&instruction.AddMarket{Base: 2, Quote: 1, Terms: instruction.Terms{
			Tick: 10, MinPrice: 1000, MaxPrice: 1e12, Lot: 1e6, MaxQty: 1e13, MakerFee: 999_999, TakerFee: 700, FeeIn: 2}},
		&instruction.AddMarket{Base: 2, Quote: 4, Terms: instruction.Terms{
			Tick: 7, MinPrice: 7e8, MaxPrice: 7e15, Lot: 3, MaxQty: 3e15, MakerFee: 1, TakerFee: 1}},
	}
	for i := range founders {
		a := instruction.Account(i + 2)
		open := &instruction.OpenAccount{Ref: strconv.Itoa(i)}
		if i >= founders/2 { // the second half are the sub-accounts of the first two
			open.Parent = instruction.Account(2 + i%2)
		}
		list = append(list, open, &instruction.CreateKey{
			Account: a, ID: instruction.KeyID{byte(i), 1}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade | instruction.MayTransfer}})
		for x := range instruction.Asset(4) {
			list = append(list, &instruction.Credit{Account: a, Asset: x + 1, Amount: 1e16})
		}
	}
	return append(append(list, launched()...), valued()...)
}

// Next is the next attempt on a venue in that state.
func (r *Random) Next(s *core.State) Attempt {
	r.count++
	if len(r.found) > 0 {
		in := r.found[0]
		r.found = r.found[1:]
		return Attempt{r.now, operator, in}
	}
	a := Attempt{Now: r.clock()}
	switch pick(r.rng, 62, 20, 10, 1, 3, 3, 2, 8) {
	case 0:
		a.By = r.credential(s)
		a.In = r.trade(s, a.By.Credential)
	case 1:
		a.In = r.admin(s)
		a.By = operator
	case 2:
		a.In = &instruction.Tick{}
		a.By = instruction.Principal{Giver: instruction.ByEngine}
	case 3:
		a.By, a.In = r.saw(s)
	case 4:
		a.By, a.In = operator, r.standing(s)
	case 5:
		a.By, a.In = r.worth(s)
	case 6:
		a.By, a.In = r.codes(s)
	case 7:
		a.By, a.In = r.chains(s)
	}
	if r.one(25) {
		a.By = instruction.Principal{Giver: instruction.Giver(1 + r.rng.IntN(6)), Credential: instruction.Credential(r.rng.IntN(4))}
	}
	if r.one(8) {
		r.spoil(reflect.ValueOf(a.In).Elem())
	}
	if r.one(25) {
		sent, window := a.By.Sent, a.By.Window
		r.spoil(reflect.ValueOf(&a.By).Elem())
		if a.By.Sent != sent || a.By.Window != window { // they are part of what is signed
			r.sign(&a.By)
		}
	}
	return a
}

// one is true once in n.
func (r *Random) one(n int) bool { return r.rng.IntN(n) == 0 }

// clock is what the clock shows: mostly a little more than before, now and then far too much, or less.
func (r *Random) clock() instruction.Time {
	switch r.rng.IntN(200) {
	case 0:
		r.now += 2 * instruction.Second
	case 1:
		r.now += instruction.Time(r.rng.Int64N(int64(100 * instruction.Second)))
	case 2:
		return r.now - instruction.Time(r.rng.Int64N(int64(instruction.Day)))
	default:
		r.now += instruction.Time(r.rng.Int64N(int64(20 * instruction.Millisecond)))
	}
	return r.now
}

// number is one of 1 to n, mostly of the first, and once in 50 none of them.
func (r *Random) number(n int) int {
	if n == 0 || r.one(50) {
		return []int{0, n + 1}[r.rng.IntN(2)]
	}
	if r.one(10) {
		return 1 + r.rng.IntN(n)
	}
	return 1 + r.rng.IntN(min(n, founders))
}

// credential is a customer who gives something, signed or not, or a signed request that was given before.
func (r *Random) credential(s *core.State) instruction.Principal {
	if len(r.signed) > 0 && r.one(20) {
		return r.signed[r.rng.IntN(len(r.signed))]
	}
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: r.key(s), Addr: r.addr(), Client: r.rng.Uint64()}
	if r.one(2) {
		return p
	}
	p.Sent = r.now + instruction.Time(r.rng.Int64N(int64(8*instruction.Second))) - 6*instruction.Second
	p.Window = instruction.Time(r.rng.Int64N(int64(90 * instruction.Second)))
	r.sign(&p)
	return p
}

// key is a credential, mostly one that nothing hinders: over time most are deleted, in quarantine or narrowed, and who is
// always denied tries nothing behind the gate.
func (r *Random) key(s *core.State) instruction.Credential {
	c := instruction.Credential(r.number(int(s.Keys())))
	for range 30 {
		if k := s.Key(c); k != nil && r.free(k) || r.one(500) {
			break
		}
		c = instruction.Credential(r.number(int(s.Keys())))
	}
	return c
}

// free says that the key may trade in every market from everywhere.
func (r *Random) free(k *credential.Key) bool {
	m := k.Mandate()
	return k.Revoked == 0 && k.Quarantine == 0 && m.Rights.Has(instruction.MayTrade) && len(m.Networks)+len(m.Markets) == 0 && (m.Expires == 0 || m.Expires > r.now)
}

// sign makes a request a signed one, which may be given again.
func (r *Random) sign(p *instruction.Principal) {
	for i := range p.Request {
		p.Request[i] = byte(r.rng.Uint32())
	}
	if r.signed = append(r.signed, *p); len(r.signed) > 32 {
		r.signed = r.signed[1:]
	}
}

func (r *Random) addr() netip.Addr {
	if r.one(30) {
		return r.public()
	}
	switch r.rng.IntN(3) {
	case 0:
		return netip.AddrFrom4([4]byte{10, 0, 0, byte(r.rng.IntN(4))})
	case 1:
		return netip.AddrFrom16([16]byte{0x20, 1, 15: byte(r.rng.IntN(4))})
	}
	return netip.Addr{}
}

func (r *Random) market(s *core.State) instruction.Market {
	return instruction.Market(r.number(len(s.Markets())))
}

// trade is what a customer may ask for.
func (r *Random) trade(s *core.State, by instruction.Credential) instruction.Instruction {
	m := r.market(s)
	switch pick(r.rng, 55, 20, 2, 15, 5, 10, 3, 5) {
	case 1:
		c := r.cancel(s, m, by)
		return &c
	case 5:
		return r.placeList(s, m)
	case 6:
		return r.cancelList(s, m, by)
	case 7:
		return r.amend(s, m, by)
	case 2:
		return &instruction.CancelAll{Market: m}
	case 3:
		return &instruction.ReplaceOrder{Cancel: r.cancel(s, m, by), Place: r.place(s, m), AllowFails: r.one(2)}
	case 4:
		return r.transfer(s, by)
	}
	p := r.place(s, m)
	return &p
}

// clientID is one of so few that they meet again.
func (r *Random) clientID() instruction.ClientID {
	id, err := instruction.ClientIDOf("c" + strconv.Itoa(r.rng.IntN(400)))
	if err != nil {
		panic(err) // at most four letters and digits
	}
	return id
}

// cancel names the customer's oldest order in the market, or one that may be anybody's, by number or by name.
func (r *Random) cancel(s *core.State, m instruction.Market, by instruction.Credential) instruction.CancelOrder {
	c := instruction.CancelOrder{Market: m, ClientID: r.clientID()}
	if r.one(8) {
		c.Only = instruction.Standing(1 + r.rng.IntN(2))
	}
	k, x := s.Key(by), s.Market(m)
	if k != nil && x != nil && !r.one(4) {
		for h := range x.Book.Orders(k.Account) {
			o := x.Book.At(h)
			if c.Order = o.ID; r.one(2) {
				c.Order, c.Client = 0, o.ClientID
			}
			return c
		}
	}
	if r.one(2) {
		c.Client = r.clientID()
	} else if last := uint64(s.LastOrder()); last > 0 {
		c.Order = instruction.Order(last - r.rng.Uint64N(min(last, 400)))
	}
	return c
}

// place is an order near the market, on tick and lot, of any type that there is.
func (r *Random) place(s *core.State, m instruction.Market) (p instruction.PlaceOrder) {
	p = instruction.PlaceOrder{Market: m, Side: instruction.Side(1 + r.rng.IntN(2)), TIF: instruction.GTC, ClientID: r.clientID()}
	var t instruction.Terms
	near := money.Price(1)
	if x := s.Market(m); x != nil {
		t = x.Terms
		if near = x.LastPrice; near == 0 {
			near = t.MinPrice * 1000
		}
	}
	p.Qty = t.Lot * money.Amount(1+r.rng.IntN(60))
	defer r.more(&p, &t, near)
	switch pick(r.rng, 70, 15, 15) {
	case 0:
		p.Type, p.TIF = instruction.Limit, instruction.TimeInForce(1+pick(r.rng, 60, 20, 20))
	case 1:
		p.Type, p.TIF = instruction.MarketType, instruction.IOC
		if r.one(2) {
			n, err := money.MulDiv(int64(near), int64(p.Qty), 1e8, money.Up)
			if err == nil {
				p.QuoteQty, p.Qty = money.Amount(n), 0
			}
		}
		return p
	case 2:
		p.Type = instruction.LimitMaker
	}
	off := t.Tick * money.Price(r.rng.IntN(21)-10)
	p.Price = max(t.MinPrice, min(near+off, t.MaxPrice))
	return p
}

// admin is what an operator may ask for.
func (r *Random) admin(s *core.State) instruction.Instruction {
	switch pick(r.rng, 5, 4, 3, 15, 10, 40, 15, 6, 6, 3, 12, 4, 3, 4, 10) {
	case 0:
		return &instruction.ConfirmClock{}
	case 1:
		return &instruction.AddAsset{Symbol: "A" + strconv.Itoa(r.rng.IntN(2000)), Scale: money.Scale(r.rng.IntN(int(money.MaxScale) + 2))}
	case 2:
		return r.addMarket(s)
	case 3:
		return &instruction.SetMarket{Market: r.market(s), State: instruction.MarketState(1 + pick(r.rng, 90, 5, 5))}
	case 4:
		open := &instruction.OpenAccount{Ref: "customer " + strconv.Itoa(r.count)}
		if r.one(3) {
			open.Parent = instruction.Account(r.number(int(s.Accounts())))
		}
		return open
	case 5:
		return &instruction.Credit{Account: instruction.Account(r.number(int(s.Accounts()))), Asset: r.asset(s),
			Amount: money.Amount(r.rng.Int64N(1e13)), Ref: "deposit"}
	case 6:
		return r.createKey(s)
	case 7:
		return r.setFees(s)
	case 8:
		return &instruction.SetTier{Account: instruction.Account(r.number(int(s.Accounts()))), Tier: instruction.Tier(r.rng.IntN(5))}
	case 9:
		if r.one(4) {
			return r.cohort(s)
		}
		return r.drop(s)
	case 10:
		return r.raise(s)
	case 12:
		return r.setTerms(s)
	case 13:
		return &instruction.ResealKey{Credential: instruction.Credential(r.number(int(s.Keys()))), Material: make([]byte, 1+r.rng.IntN(600))}
	case 14:
		return r.mandates(s)
	}
	// Whoever founded the venue goes on trading.
	later := max(int(s.Keys())-founders, 0)
	return &instruction.RevokeKey{Credential: instruction.Credential(founders + 1 + r.rng.IntN(later+1))}
}

func (r *Random) asset(s *core.State) instruction.Asset {
	n := 0
	for range s.Assets() {
		n++
	}
	return instruction.Asset(r.number(n))
}

func (r *Random) addMarket(s *core.State) *instruction.AddMarket {
	tick, lot := money.Price(1+r.rng.IntN(1000)), money.Amount(1+r.rng.IntN(1000))
	return &instruction.AddMarket{Base: r.asset(s), Quote: r.asset(s), Terms: instruction.Terms{
		Tick: tick, MinPrice: tick * money.Price(1+r.rng.Int64N(1e9)), MaxPrice: tick * 1e12, Lot: lot, MaxQty: lot * 1e9,
		MinNotional: money.Amount(r.rng.IntN(1000)), MakerFee: money.PPM(r.rng.IntN(2000)), TakerFee: money.PPM(r.rng.IntN(2000)),
	}}
}

func (r *Random) createKey(s *core.State) *instruction.CreateKey {
	k := &instruction.CreateKey{
		Account: instruction.Account(r.number(int(s.Accounts()))), Scheme: instruction.Scheme(1 + r.rng.IntN(3)),
		Material: make([]byte, 32), Label: "bot", Mandate: instruction.Mandate{Rights: instruction.Rights(r.rng.IntN(16))},
	}
	if r.one(3) {
		k.Integrator = "bots"
	}
	for i := range k.ID[:4] {
		k.ID[i] = byte(r.rng.Uint32())
	}
	copy(k.Material, k.ID[:])
	if r.one(2) {
		k.Mandate.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/30"), netip.MustParsePrefix("2001::/64")}
	}
	if r.one(3) {
		k.Mandate.Markets = []instruction.Market{r.market(s), r.market(s)}
	}
	if r.one(4) {
		k.Mandate.Expires = r.now + instruction.Time(r.rng.Int64N(int64(100*instruction.Second)))
	}
	r.older(k)
	return k
}

// hurtful are numbers at which arithmetic or checks may break; each is cut to its field's width.
var hurtful = []int64{0, 1, -1, math.MinInt64, math.MaxInt64, int64(money.MaxAmount), int64(money.MaxAmount) + 1,
	-int64(money.MaxAmount), math.MaxInt32, math.MinInt32, math.MaxUint32, 1 << 16, 1<<16 - 1, 255, 127, 4, 200}

// texts that no definition or journal should take, and some that it must.
var hurtfulTexts = []string{"", "\x00", "\xff\xfe", "Ω", "a\nb", "'; DROP TABLE accounts; --", strings.Repeat("A", 12), strings.Repeat("A", 13),
	strings.Repeat("x", 64), strings.Repeat("x", 65), strings.Repeat("x", 1<<16-1), strings.Repeat("x", 1<<16)}

// spoil sets one field of v, at any depth, to something that hurts.
func (r *Random) spoil(v reflect.Value) {
	var fields []reflect.Value
	leaves(v, &fields)
	if len(fields) == 0 {
		return
	}
	f := fields[r.rng.IntN(len(fields))]
	n := hurtful[r.rng.IntN(len(hurtful))]
	switch p := f.Addr().Interface().(type) {
	case *instruction.ClientID:
		*p = instruction.ClientID{}
		return
	case *netip.Addr:
		*p = netip.IPv6Unspecified().WithZone("eth0")
		return
	case *[]netip.Prefix:
		*p = [][]netip.Prefix{nil, {{}}, {netip.MustParsePrefix("10.1.2.3/8")}, {netip.MustParsePrefix("0.0.0.0/0")},
			make([]netip.Prefix, instruction.MaxMandateNetworks+1)}[r.rng.IntN(5)]
		return
	}
	switch f.Kind() {
	case reflect.Bool:
		f.SetBool(!f.Bool())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		f.SetUint(uint64(n) & (1<<f.Type().Bits() - 1))
	case reflect.Int32, reflect.Int64:
		f.SetInt(n << (64 - f.Type().Bits()) >> (64 - f.Type().Bits()))
	case reflect.String:
		f.SetString(hurtfulTexts[r.rng.IntN(len(hurtfulTexts))])
	case reflect.Slice:
		size := []int{0, 1, 31, 33, 65, 512, 513, 1<<16 - 1, 1 << 16}[r.rng.IntN(9)]
		f.Set(reflect.MakeSlice(f.Type(), size, size))
	case reflect.Array:
		f.SetZero()
	}
}

// leaves are the fields of v that can be set one by one.
func leaves(v reflect.Value, into *[]reflect.Value) {
	switch v.Addr().Interface().(type) {
	case *instruction.ClientID, *netip.Addr:
		*into = append(*into, v)
		return
	}
	if v.Kind() == reflect.Array && v.Type().Elem().Kind() == reflect.Struct {
		for i := range v.Len() {
			leaves(v.Index(i), into)
		}
		return
	}
	if v.Kind() != reflect.Struct {
		*into = append(*into, v)
		return
	}
	for i := range v.NumField() {
		leaves(v.Field(i), into)
	}
}
