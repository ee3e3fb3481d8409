package gate

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const now = instruction.Time(1_515_196_800_000_000)

// keys are credentials by number.
type keys map[instruction.Credential]Standing

// Standing: whoever is not said to have been renewed at some time was so now.
func (k keys) Standing(c instruction.Credential) Standing {
	s := k[c]
	if s.Mandate != nil {
		s.Expires = s.Mandate.Expires
	}
	if s.Renewed == 0 {
		s.Renewed = now
	}
	return s
}

func at(t instruction.Time) Now { return Now{Wall: t, Waits: t} }

// Locked: account 9 is locked.
func (keys) Locked(a instruction.Account) instruction.Account {
	if a == 9 {
		return a
	}
	return 0
}

// AtHome: everybody is at home at 192.0.2.1.
func (keys) AtHome(p *instruction.Principal) bool { return p.Addr == netip.MustParseAddr("192.0.2.1") }

// Suspect: three deleted keys were used from 198.51.100.1, of others than account 8.
func (k keys) Bears(*instruction.Principal, instruction.Instruction) (instruction.Verdict, bool) {
	return instruction.Verdict{}, true
}

// Ruled denies what a rule of the test names by its kind.
func (k keys) Ruled(_ *instruction.Principal, in instruction.Instruction, v instruction.Verdict) instruction.Verdict {
	if ruledOut == in.Kind() {
		return instruction.Say(instruction.Deny, instruction.RuleSaid, 7)
	}
	return v
}

// ruledOut is what a rule of the test denies; 0 for nothing.
var ruledOut instruction.Kind

func (k keys) Suspect(p *instruction.Principal) int {
	if p.Addr == netip.MustParseAddr("198.51.100.1") && k[p.Credential].Account != 8 {
		return 3
	}
	return 0
}

// Matter: matter n is of account n.
func (keys) Matter(id instruction.MatterID) instruction.Account                 { return instruction.Account(id) }
func (keys) Code(instruction.CodeHash) (instruction.Asset, instruction.Account) { return 1, 2 }
func (keys) Issuer(id instruction.CodeID) instruction.Account                   { return instruction.Account(id) }
func (keys) Gainer(id instruction.ProceedsID) instruction.Account               { return instruction.Account(id) }

// Asks: an order is worth its price, and one that it replaces was reserved the cancel's number.
func (keys) Asks(_ instruction.Credential, in instruction.Instruction) Asks {
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		return Asks{Quote: instruction.Asset(i.Market) + 1, Most: money.Amount(i.Price), All: money.Amount(i.Price)}
	case *instruction.ReplaceOrder:
		n := money.Amount(i.Place.Price)
		return Asks{Quote: instruction.Asset(i.Place.Market) + 1, Most: n, All: n, Freed: money.Amount(i.Cancel.Order)}
	}
	return Asks{}
}

// Withdrawal: nothing was asked for before, and no address is in any book.
func (keys) Withdrawal(instruction.Account, *instruction.Withdraw) Outgoing { return Outgoing{} }

// Owned: customers of odd numbers have an owner's key.
func (keys) Owned(a instruction.Account) bool { return a%2 == 1 }

// Customer: accounts 11 to 19 are the sub-accounts of 10.
func (keys) Customer(a instruction.Account) instruction.Account {
	if a > 10 && a < 20 {
		return 10
	}
	return a
}

// Assets: market 1 trades asset 1 against 2, market 2 asset 2 against 3, and so on.
func (keys) Assets(m instruction.Market) (base, quote instruction.Asset) {
	return instruction.Asset(m), instruction.Asset(m) + 1
}

var (
	home     = netip.MustParsePrefix("192.0.2.0/24")
	home6    = netip.MustParsePrefix("2001:db8:1::/48")
	trade    = &instruction.PlaceOrder{Market: 1}
	cancel   = &instruction.CancelOrder{Market: 1}
	full     = instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}
	reader   = instruction.Mandate{Rights: instruction.MayRead}
	fenced   = instruction.Mandate{Rights: full.Rights, Networks: []netip.Prefix{home, home6}}
	narrow   = instruction.Mandate{Rights: full.Rights, Markets: []instruction.Market{2, 3}}
	outdated = instruction.Mandate{Rights: full.Rights, Expires: now - 1}
)

func newGate() *Gate {
	return New(keys{
		1: {Known: true, Mandate: &full}, 2: {Known: true, Mandate: &reader}, 3: {Known: true, Mandate: &fenced},
		4: {Known: true, Mandate: &narrow}, 5: {Known: true, Mandate: &outdated}, 6: {Known: true, Revoked: now - 1, Mandate: &full},
		7: {Known: true, Canary: true, Mandate: &full},
	})
}

func by(c instruction.Credential, addr string) *instruction.Principal {
	p := &instruction.Principal{Giver: instruction.ByCredential, Credential: c}
	if addr != "" {
		p.Addr = netip.MustParseAddr(addr)
	}
	return p
}

func TestJudge(t *testing.T) {
	operator := &instruction.Principal{Giver: instruction.ByOperator, Operator: 1000}
	engine := &instruction.Principal{Giver: instruction.ByEngine}
	for name, c := range map[string]struct {
		p    *instruction.Principal
		in   instruction.Instruction
		want instruction.Reason
	}{
		"trades":                   {by(1, ""), trade, instruction.WithinMandate},
		"no such key":              {by(99, ""), trade, instruction.UnknownCredential},
		"tombstone":                {by(6, ""), trade, instruction.DeletedCredential},
		"tombstone cancels":        {by(6, ""), cancel, instruction.DeletedCredential},
		"decoy":                    {by(7, ""), trade, instruction.CanaryCredential},
		"decoy cancels":            {by(7, ""), cancel, instruction.CanaryCredential},
		"reads only":               {by(2, ""), trade, instruction.RightMissing},
		"reader cancels":           {by(2, ""), cancel, instruction.RightMissing},
		"from home":                {by(3, "192.0.2.77"), trade, instruction.WithinMandate},
		"from home, mapped":        {by(3, "::ffff:192.0.2.77"), trade, instruction.WithinMandate},
		"from home, v6":            {by(3, "2001:db8:1:2::3"), trade, instruction.WithinMandate},
		"from elsewhere":           {by(3, "192.0.3.77"), trade, instruction.NetworkNotListed},
		"from elsewhere, v6":       {by(3, "2001:db8:2::3"), trade, instruction.NetworkNotListed},
		"from nowhere":             {by(3, ""), trade, instruction.NetworkNotListed},
		"cancels from elsewhere":   {by(3, "192.0.3.77"), cancel, instruction.NetworkNotListed},
		"other market":             {by(4, ""), trade, instruction.MarketNotListed},
		"listed market":            {by(4, ""), &instruction.PlaceOrder{Market: 3}, instruction.WithinMandate},
		"replaces in other market": {by(4, ""), &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: 2}, Place: *trade}, instruction.MarketNotListed},
		"expired":                  {by(5, ""), trade, instruction.ExpiredCredential},
		"expired cancels":          {by(5, ""), cancel, instruction.WithinMandate},
		"key credits":              {by(1, ""), &instruction.Credit{}, instruction.NotForCredentials},
		"key makes keys":           {by(1, ""), &instruction.CreateKey{}, instruction.NotForCredentials},
		"key ticks":                {by(1, ""), &instruction.Tick{}, instruction.NotForCredentials},
		"operator credits":         {operator, &instruction.Credit{}, instruction.OperatorWord},
		"operator trades":          {operator, trade, instruction.RightMissing},
		"operator ticks":           {operator, &instruction.Tick{}, instruction.RightMissing},
		"engine ticks":             {engine, &instruction.Tick{}, instruction.EngineClock},
		"engine credits":           {engine, &instruction.Credit{}, instruction.NotForCredentials},
		"nobody":                   {&instruction.Principal{}, &instruction.Credit{}, instruction.NotForCredentials},
	} {
		v := newGate().Judge(at(now), c.p, c.in)
		allowed := c.want == instruction.WithinMandate || c.want == instruction.OperatorWord || c.want == instruction.EngineClock
		if v.Reason() != c.want || (v.Decision == instruction.Allow) != allowed || !allowed && v.Decision != instruction.Deny {
			t.Errorf("%s: %v, %v", name, v.Decision, v.Reason())
		}
	}
}

func TestMayRead(t *testing.T) {
	g := newGate()
	for c, want := range map[instruction.Credential]instruction.Reason{
		1: instruction.WithinMandate, 2: instruction.WithinMandate, 3: instruction.NetworkNotListed,
		5: instruction.WithinMandate, 6: instruction.DeletedCredential, 7: instruction.CanaryCredential, 8: instruction.UnknownCredential,
	} {
		if v := g.MayRead(at(now), by(c, "")); v.Reason() != want {
			t.Errorf("credential %d: %v, want %v", c, v.Reason(), want)
		}
	}
}

// signed is a request of key 1 with that number.
func signed(n uint64, sent, window instruction.Time) *instruction.Principal {
	p := by(1, "")
	binary.LittleEndian.PutUint64(p.Request[:], n)
	p.Sent, p.Window = sent, window
	return p
}

func TestRequests(t *testing.T) {
	g := newGate()
	take := func(t instruction.Time, p *instruction.Principal) instruction.Reason {
		v := g.Judge(at(t), p, trade)
		g.Remember(t, p, &v)
		return v.Reason()
	}
	const second = instruction.Second
	for i, c := range []struct {
		at   instruction.Time
		p    *instruction.Principal
		want instruction.Reason
	}{
		{now, signed(1, now, 5*second), instruction.WithinMandate},
		{now, signed(1, now, 5*second), instruction.RequestSeen},
		{now, signed(2, now+second-1, 5*second), instruction.WithinMandate},
		{now, signed(3, now+second, 5*second), instruction.RequestTooEarly},
		{now, signed(4, now-5*second, 5*second), instruction.WithinMandate},
		{now, signed(5, now-5*second-1, 5*second), instruction.RequestTooOld},
		{now, signed(6, now-60*second-1, 1000*second), instruction.RequestTooOld}, // no window is longer than a minute
		{now, signed(7, now+second-1, 60*second), instruction.WithinMandate},
		{now + 61*second - 1, signed(7, now+second-1, 60*second), instruction.RequestSeen}, // remembered to its very end
		{now + 61*second, signed(7, now+second-1, 60*second), instruction.RequestTooOld},
		{now + 61*second, signed(3, now+second, 5*second), instruction.RequestTooOld},
	} {
		if got := take(c.at, c.p); got != c.want {
			t.Errorf("step %d: %v, want %v", i, got, c.want)
		}
	}
	take(now+300*second, by(1, ""))
	if n := g.requests.n; n != 0 {
		t.Errorf("%d requests are remembered for ever", n)
	}
}

// TestRequestsPersist: a gate read back refuses what the first one had taken up.
func TestRequestsPersist(t *testing.T) {
	g := newGate()
	for n := range uint64(500) {
		p := signed(n+1, now+instruction.Time(n)*1000, instruction.Time(n)*100_000)
		v := g.Judge(at(now+instruction.Time(n)*1000), p, trade)
		g.Remember(now+instruction.Time(n)*1000, p, &v)
	}
	w := instruction.Writer(nil)
	g.Fields(&w)
	again := newGate()
	r := instruction.Reader(w.Bytes())
	again.Fields(&r)
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	if again.requests.n != g.requests.n || g.requests.n == 0 {
		t.Fatalf("%d requests of %d", again.requests.n, g.requests.n)
	}
	w2 := instruction.Writer(nil)
	again.Fields(&w2)
	if string(w.Bytes()) != string(w2.Bytes()) {
		t.Error("read back, the gate writes other bytes")
	}
	if v := again.Judge(at(now+499*1000), signed(500, now+499*1000, 499*100_000), trade); v.Reason() != instruction.RequestSeen {
		t.Errorf("a request from before: %v", v.Reason())
	}
}
