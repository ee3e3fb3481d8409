package access_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/access"
)

// start is 2026-03-01 00:00 UTC.
const start = instruction.Time(1_772_323_200_000_000)

// stage is a state with one customer (accounts 2 and 3), a market, something that waits, something that is held of what the
// customer gained from a stranger's key, a gift code of the customer's, and a key for each right.
type stage struct {
	t    *testing.T
	core *core.State
	now  instruction.Time
	keys map[access.Who]instruction.Credential
}

var here = netip.MustParseAddr("203.0.113.9")

// giver of a key's right in the table, with the rights of the key.
var givers = map[access.Who]instruction.Rights{
	access.Reads: instruction.MayRead, access.Trades: instruction.MayTrade, access.Withdraws: instruction.MayWithdraw,
	access.Transfers: instruction.MayTransfer, access.Owner: instruction.MayOwn | instruction.MayRead,
}

// newStage makes keys that were created so long ago, and end so soon; 0 for now and never.
func newStage(t *testing.T, age, ends instruction.Time) *stage {
	s := &stage{t: t, core: core.New(), now: start, keys: map[access.Who]instruction.Credential{}}
	s.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	s.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 6})
	s.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
		Tick: 10_000, MinPrice: 1_000_000, MaxPrice: 1_000_000_000_000, Lot: 1_000, MaxQty: 100_000_000_000}})
	s.operator(&instruction.OpenAccount{Ref: "customer"})
	s.operator(&instruction.OpenAccount{Parent: 2})
	for _, who := range []access.Who{access.Owner, access.Reads, access.Trades, access.Withdraws, access.Transfers} {
		m := instruction.Mandate{Rights: givers[who], Networks: []netip.Prefix{netip.PrefixFrom(here, 24).Masked()}}
		in := &instruction.CreateKey{Account: 2, ID: instruction.KeyID{byte(who), byte(who >> 8)}, Scheme: instruction.Ed25519, Mandate: m}
		seed := sha256.Sum256([]byte{byte(who), byte(who >> 8)})
		in.Material = ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
		if who != access.Owner {
			if age != 0 {
				in.Created = s.now - age
			}
			if ends != 0 {
				in.Mandate.Expires = s.now + ends
			}
		}
		s.operator(in)
		s.keys[who] = s.core.Keys()
	}
	s.give(s.key(access.Owner), &instruction.SetWait{Account: 2, Wait: 7 * instruction.Day})
	s.give(s.key(access.Owner), &instruction.SetWait{Account: 2, Wait: 2 * instruction.Day}) // matter 1
	s.gain()
	s.give(s.key(access.Owner), &instruction.IssueCodes{Account: 2, Asset: 1, Amount: 1, Expires: s.now + instruction.Year, Codes: []instruction.NewCode{{Hash: instruction.CodeHash{1}}}}) // code 1
	return s
}

// gain has the customer sell dear to a stranger, and that held: hold 1.
func (s *stage) gain() {
	s.t.Helper()
	s.operator(&instruction.OpenAccount{Ref: "stranger"})
	trader := func(a instruction.Account) instruction.Principal {
		s.operator(&instruction.CreateKey{Account: a, ID: instruction.KeyID{0, 0, byte(a)}, Scheme: instruction.Ed25519,
			Material: append(make([]byte, 31), byte(a)), Mandate: instruction.Mandate{Rights: instruction.MayTrade}})
		return instruction.Principal{Giver: instruction.ByCredential, Credential: s.core.Keys(), Addr: here}
	}
	own, stranger := trader(2), trader(4)
	s.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 1e8})
	s.operator(&instruction.Credit{Account: 4, Asset: 2, Amount: 1000e6})
	order := func(p instruction.Principal, side instruction.Side, price money.Price) {
		s.t.Helper()
		id, err := instruction.ClientIDOf(s.now.Std().Format("o150405.000000"))
		if err != nil {
			s.t.Fatal(err)
		}
		s.give(p, &instruction.PlaceOrder{Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: price, Qty: 1e7, ClientID: id})
	}
	order(stranger, instruction.Buy, 9e6)
	order(own, instruction.Sell, 11e6)
	for range 40 {
		s.now += instruction.Second
		s.give(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
	order(own, instruction.Sell, 30e6)
	order(stranger, instruction.Buy, 30e6) // takes what is asked at 11
	order(stranger, instruction.Buy, 30e6)
	s.operator(&instruction.HoldProceeds{Credential: s.core.Keys()})
}

func (s *stage) operator(in instruction.Instruction) {
	s.t.Helper()
	s.give(instruction.Principal{Giver: instruction.ByOperator}, in)
}

func (s *stage) give(p instruction.Principal, in instruction.Instruction) {
	s.t.Helper()
	s.now += instruction.Millisecond
	b, err := s.core.Step(s.now, &p, in, nil)
	var r instruction.Record
	if err == nil {
		err = r.Decode(1, b)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		s.t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), why)
	}
}

func (s *stage) key(who access.Who) instruction.Principal {
	return instruction.Principal{Giver: instruction.ByCredential, Credential: s.keys[who], Addr: here}
}

// aim makes an instruction one about what is the customer's own.
func (s *stage) aim(in instruction.Instruction) instruction.Instruction {
	aimAt(reflect.ValueOf(in).Elem(), s.keys[access.Reads])
	if x, ok := in.(*instruction.Transfer); ok {
		x.From, x.To = 2, 3
	}
	return in
}

func aimAt(v reflect.Value, key instruction.Credential) {
	for i := range v.NumField() {
		f := v.Field(i)
		switch x := f.Addr().Interface().(type) {
		case *instruction.Account:
			*x = 2
		case *instruction.Credential:
			*x = key
		case *instruction.Market:
			*x = 1
		case *instruction.Asset:
			*x = 1
		case *instruction.MatterID:
			*x = 1
		case *instruction.ProceedsID:
			*x = 1
		case *instruction.CodeID:
			*x = 1
		default:
			if f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[instruction.ClientID]() {
				aimAt(f, key)
			}
		}
	}
}

// told wants what the reasons' facts say of a verdict to be so: which decisions have a reason, and that it has a value only
// where its meaning is told.
func told(t *testing.T, name string, v *instruction.Verdict) {
	t.Helper()
	for i, x := range v.Findings() {
		f := x.Reason.Facts()
		if i == 0 && !slices.Contains(f.Decisions, v.Decision) || f.Value == "" && x.Value != 0 {
			t.Errorf("%s: %v, %v with %d; its facts say %v, %q", name, v.Decision, x.Reason, x.Value, f.Decisions, f.Value)
		}
	}
}

// doors are the reasons that say who may, and not what.
var doors = []instruction.Reason{instruction.NotForCredentials, instruction.RightMissing, instruction.OwnerOnly}

// TestGate: the real gate lets in whom the table names, and nobody else, for every kind, giver and right.
func TestGate(t *testing.T) {
	s := newStage(t, 0, 0)
	principals := map[access.Who]instruction.Principal{
		access.Engine: {Giver: instruction.ByEngine}, access.Venue: {Giver: instruction.ByVenue}, access.Operator: {Giver: instruction.ByOperator},
		access.Wallet: {Giver: instruction.ByWallet}, access.Bearer: {Giver: instruction.ByBearer, Addr: here},
	}
	for who := range givers {
		principals[who] = s.key(who)
	}
	for _, empty := range instruction.Empty() {
		in := s.aim(empty)
		a := access.ActOf(in.Kind())
		for who, p := range principals {
			v := s.core.Judge(s.now, &p, in)
			told(t, a.Name, &v)
			may, let := a.Who&who != 0 || who == access.Owner && a.Who&access.Reads != 0, !slices.Contains(doors, v.Reason())
			if may != let || !may && v.Decision != instruction.Deny {
				t.Errorf("%s by %v: %v, %v; the table says %v", a.Name, who, v.Decision, v.Reason(), a.Who)
			}
			if may && who == access.Owner && v.Decision != instruction.Allow {
				t.Errorf("%s by the owner: %v", a.Name, v.Reason())
			}
		}
	}
}

// TestShut: what stays open in quarantine, under a lock, past a key's end, unrenewed, and while something is dropped, is what
// the table says; an owner's key is held by its quarantine alone.
func TestShut(t *testing.T) {
	plain := func(t *testing.T) *stage { return newStage(t, 0, 0) }
	dropped := func(c instruction.Class) func(t *testing.T) *stage {
		return func(t *testing.T) *stage {
			s := plain(t)
			s.operator(&instruction.Drop{Class: c})
			return s
		}
	}
	quarantined := func(t *testing.T) *stage {
		s := plain(t)
		for c := range s.core.Keys() {
			s.operator(&instruction.QuarantineKey{Credential: c + 1})
		}
		return s
	}
	locked := func(t *testing.T) *stage {
		s := plain(t)
		s.operator(&instruction.LockAccount{Account: 2})
		return s
	}
	ended := func(t *testing.T) *stage {
		s := newStage(t, 0, instruction.Second)
		s.now += 2 * instruction.Second
		return s
	}
	aged := func(t *testing.T) *stage { return newStage(t, 366*instruction.Day, 0) }
	for name, c := range map[string]struct {
		stage  func(*testing.T) *stage
		reason instruction.Reason
		class  instruction.Class // that it is a drop of; 0 for everything
	}{
		"quarantine":          {quarantined, instruction.QuarantinedKey, 0},
		"lock":                {locked, instruction.LockedAccount, 0},
		"end":                 {ended, instruction.ExpiredCredential, 0},
		"age":                 {aged, instruction.AgedKey, 0},
		"drop of keys":        {dropped(instruction.DropKeys), instruction.KeysDropped, 0},
		"drop of trading":     {dropped(instruction.DropTrading), instruction.TradingDropped, instruction.DropTrading},
		"drop of withdrawals": {dropped(instruction.DropWithdrawals), instruction.WithdrawalsDropped, instruction.DropWithdrawals},
		"drop of claims":      {dropped(instruction.DropClaims), instruction.ClaimsDropped, instruction.DropClaims},
	} {
		s := c.stage(t)
		for _, empty := range instruction.Empty() {
			in := s.aim(empty)
			a := access.ActOf(in.Kind())
			for who := range givers {
				if a.Who&who == 0 {
					continue
				}
				p := s.key(who)
				v := s.core.Judge(s.now, &p, in)
				told(t, a.Name, &v)
				want := !a.Stays && (c.class == 0 || c.class == a.Class)
				if who == access.Owner {
					want = c.reason == instruction.QuarantinedKey || a.Holds && (c.reason == instruction.LockedAccount || c.class != 0 && c.class == a.Class)
				}
				if shut := v.Reason() == c.reason; shut != want {
					t.Errorf("%s: %s by %v: %v; shut: want %v", name, a.Name, who, v.Reason(), want)
				}
			}
		}
		for who, rights := range givers {
			p := s.key(who)
			if v := s.core.MayRead(s.now, &p); rights.Has(instruction.MayRead) && v.Decision != instruction.Allow {
				t.Errorf("%s: reading by %v: %v", name, who, v.Reason())
			}
		}
	}
}
