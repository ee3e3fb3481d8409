package backtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/journal"
	"portcullis/rules"
)

const (
	start   = instruction.Time(1_515_196_800_000_000) // 6 January 2018
	minute  = 60 * instruction.Second
	price   = money.Price(10_000e8)
	honest  = 20
	maker   = instruction.Credential(honest + 1)
	victim  = instruction.Credential(honest + 2)
	helper  = instruction.Credential(honest + 3) // a thief's own, with whom the victim's key trades
	decoy   = instruction.Credential(honest + 4)
	strange = "203.0.113.9"
)

// venue is a live venue whose records go to a journal in memory's stead: a folder of the test's.
type venue struct {
	t     *testing.T
	s     *core.State
	log   *journal.Files
	dir   string
	batch journal.Batch
	seq   uint64
	now   instruction.Time
	rng   *rand.Rand
	names int

	fired map[string][]uint64               // by rule in force, the records
	notes map[instruction.Credential]uint64 // the first record that an incident noted of a key
	ends  map[instruction.Credential]uint64 // the record that took it out of quarantine
	given []given                           // that rules were asked about
}

// given is an instruction that rules were asked about, as the live venue saw it.
type given struct {
	seq  uint64
	key  instruction.Credential
	at   instruction.Time
	when instruction.When
	says instruction.Decision
}

func newVenue(t *testing.T, s *core.State, seed uint64) *venue {
	t.Logf("seed %d", seed)
	v := &venue{t: t, s: s, dir: t.TempDir(), now: start, rng: rand.New(rand.NewPCG(seed, 0)), fired: map[string][]uint64{}, notes: map[instruction.Credential]uint64{}, ends: map[instruction.Credential]uint64{}}
	var err error
	if v.log, err = journal.Open(v.dir, journal.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.log.Close() })
	v.batch.Reset(1)
	for _, in := range []instruction.Instruction{
		&instruction.AddAsset{Symbol: "BTC", Scale: 8}, &instruction.AddAsset{Symbol: "USDT", Scale: 8},
		&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
			Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MakerFee: 1000, TakerFee: 1000}},
		&instruction.SetValuation{Asset: 2}, &instruction.SetRoute{Asset: 1, Markets: []instruction.Market{1}},
	} {
		v.operator(in)
	}
	for i := range decoy {
		v.operator(&instruction.OpenAccount{})
		a := v.s.Accounts()
		rights := instruction.MayRead | instruction.MayTrade | instruction.MayWithdraw
		if i+1 == decoy {
			rights = instruction.MayRead
		}
		v.operator(&instruction.CreateKey{
			Account: a, ID: instruction.KeyID{byte(i + 1)}, Scheme: instruction.HMAC, Material: make([]byte, 48), Canary: i+1 == decoy, Legacy: i+1 != decoy,
			Mandate: instruction.Mandate{Rights: rights},
		})
		v.operator(&instruction.Credit{Account: a, Asset: 1, Amount: 1_000e8})
		v.operator(&instruction.Credit{Account: a, Asset: 2, Amount: 10_000_000e8})
	}
	return v
}

// step has one instruction judged, and writes the record down.
func (v *venue) step(p instruction.Principal, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	b, err := v.s.Step(v.now, &p, in, v.batch.Open())
	if err != nil {
		v.t.Fatalf("%T: %v", in, err)
	}
	v.batch.Close(b)
	v.seq++
	var r instruction.Record
	if err := r.Decode(v.seq, v.batch.Record(v.batch.Len()-1)); err != nil {
		v.t.Fatal(err)
	}
	v.see(&r)
	if v.batch.Len() == 500 {
		v.flush()
	}
	return r
}

// see notes what the live venue says of itself.
func (v *venue) see(r *instruction.Record) {
	var ev instruction.Events
	r.Events(&ev)
	again := r.Kind() == instruction.KindWithdraw && r.Verdict.Decision != instruction.Deny // of one that is taken up already
	for e := ev.Next(); e != nil; e = ev.Next() {
		switch x := e.(type) {
		case *instruction.PayoutMade, *instruction.Refused:
			again = false
		case *instruction.RuleFired:
			name := v.s.Rules().Rule(x.Rule).Name
			v.fired[name] = append(v.fired[name], r.Seq)
		case *instruction.IncidentNoted:
			if v.notes[x.Credential] == 0 {
				v.notes[x.Credential] = r.Seq
			}
		case *instruction.KeyRestored:
			v.ends[x.Credential] = r.Seq
		}
	}
	if w := core.Ruled(r); w != 0 && !again {
		v.given = append(v.given, given{seq: r.Seq, key: r.Principal.Credential, at: r.Time, when: w, says: r.Verdict.Decision})
	}
}

// notedAt says whether an incident had noted the key of an instruction, and nobody had taken it out of quarantine.
func (v *venue) notedAt(g given) bool {
	from, end := v.notes[g.key], v.ends[g.key]
	return from != 0 && g.seq >= from && (end == 0 || g.seq < end)
}

func addrOf(text string) netip.Addr { return netip.MustParseAddr(text) }

func (v *venue) flush() {
	if v.batch.Len() == 0 {
		return
	}
	if err := v.log.Append(&v.batch); err != nil {
		v.t.Fatal(err)
	}
	v.batch.Reset(v.log.Last() + 1)
}

func (v *venue) operator(in instruction.Instruction) {
	v.t.Helper()
	r := v.step(instruction.Principal{Giver: instruction.ByOperator}, in)
	var ev instruction.Events
	if no := r.Refused(&ev); r.Verdict.Decision == instruction.Deny || no != 0 {
		v.t.Fatalf("%T: %v %v", in, r.Verdict.Findings(), no)
	}
}

func (v *venue) by(c instruction.Credential, addr string, in instruction.Instruction) instruction.Record {
	return v.step(instruction.Principal{
		Giver: instruction.ByCredential, Credential: c, Addr: netip.MustParseAddr(addr), Hosting: addr == strange,
	}, in)
}

// order is an order of so many thousandths of a BTC, so many per mille above the usual price.
func (v *venue) order(c instruction.Credential, addr string, side instruction.Side, tif instruction.TimeInForce, off, milli int64) instruction.Record {
	v.names++
	id, err := instruction.ClientIDOf(fmt.Sprint("n", v.names))
	if err != nil {
		v.t.Fatal(err)
	}
	return v.by(c, addr, &instruction.PlaceOrder{
		Market: 1, Side: side, Type: instruction.Limit, TIF: tif, Price: price + price/1000*money.Price(off), Qty: money.Amount(milli * 1e5), ClientID: id,
	})
}

// home is an address of a key's own.
func home(c instruction.Credential) string { return fmt.Sprintf("198.51.%d.7", c) }

// pass lets seconds pass, as a clock does that does not jump.
func (v *venue) pass(seconds int) {
	for range seconds {
		v.now += instruction.Second
		v.step(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
}

// day has honest people trade for so many minutes. One of them always comes from a hosting company.
func (v *venue) day(minutes int) {
	for range minutes {
		v.pass(60)
		v.by(maker, home(maker), &instruction.CancelAll{Market: 1})
		v.order(maker, home(maker), instruction.Buy, instruction.GTC, -1, 5000)
		v.order(maker, home(maker), instruction.Sell, instruction.GTC, 1, 5000)
		for c := instruction.Credential(1); c <= honest; c++ {
			if v.rng.IntN(10) != 0 {
				continue
			}
			addr := home(c)
			if c == 1 {
				addr = strange
			}
			side := instruction.Side(1 + v.rng.IntN(2))
			off := int64(2)
			if side == instruction.Sell {
				off = -2
			}
			v.order(c, addr, side, instruction.IOC, off, 1+v.rng.Int64N(20))
		}
		if v.rng.IntN(5) == 0 {
			c := instruction.Credential(2 + v.rng.IntN(honest-1))
			v.withdraw(c, fmt.Sprint("w", v.rng.IntN(40)))
		}
	}
}

func (v *venue) withdraw(c instruction.Credential, name string) instruction.Record {
	id, err := instruction.ClientIDOf(name)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.by(c, home(c), &instruction.Withdraw{Asset: 2, Amount: 5e8, To: instruction.Destination{Chain: "USDT", Address: "x" + name}, Client: id})
}

// theft has the victim's key, in a thief's hands, buy dear from the helper and sell cheap, so many times.
func (v *venue) theft(times int) {
	for range times {
		v.pass(10)
		v.by(maker, home(maker), &instruction.CancelAll{Market: 1})
		v.order(maker, home(maker), instruction.Buy, instruction.GTC, -60, 1)
		v.order(maker, home(maker), instruction.Sell, instruction.GTC, 60, 1)
		v.order(helper, strange, instruction.Sell, instruction.GTC, 50, 2000)
		v.order(victim, strange, instruction.Buy, instruction.IOC, 50, 2000)
		v.order(helper, strange, instruction.Buy, instruction.GTC, -50, 2000)
		v.order(victim, strange, instruction.Sell, instruction.IOC, -50, 2000)
		v.by(helper, strange, &instruction.CancelAll{Market: 1})
	}
}

// ruleOf is a rule with a condition as people write it.
func ruleOf(t *testing.T, name, condition string, when instruction.When, response instruction.Response) instruction.Rule {
	t.Helper()
	c, fault := rules.Compile(condition)
	if fault != nil {
		t.Fatal(fault)
	}
	return instruction.Rule{
		Name: name, Catches: "What " + name + " catches.", Condition: condition, When: when, Severity: instruction.High, Response: response,
		Program: c.Program.Ops(),
	}
}

// test runs a backtest of what the venue wrote so far.
func (v *venue) test(o Options) *Report {
	v.t.Helper()
	v.flush()
	r, err := Run(context.Background(), v.log, engine.Snapshots{FS: journal.Disk, Dir: v.dir + "/snapshots"}, o)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}
