package archive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
)

const start = instruction.Time(1_515_196_800_000_000) // 6 January 2018

var terms = instruction.Terms{
	Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e6, MakerFee: 1000, TakerFee: 2000,
}

// bulk is a market whose trades are so large that a day of them fits no int64.
var bulk = instruction.Terms{Tick: 1, MinPrice: 1, MaxPrice: 1e12, Lot: 1e12, MaxQty: 1e18, MinNotional: 0}

const (
	customers = 4 // accounts 2 to 5; 1 is the venue's
	spot      = instruction.Market(1)
	thin      = instruction.Market(2)
	huge      = instruction.Market(3)
)

// quick is the machine's file system without waiting for its disk. What these tests kill are processes, not power.
type quick struct{ journal.FS }

type quickFile struct{ journal.File }

func (quickFile) Datasync() error { return nil }

func (quick) SyncDir(string) error { return nil }

func (q quick) Create(name string) (journal.File, error) {
	f, err := q.FS.Create(name)
	return quickFile{f}, err
}

func (q quick) OpenWrite(name string) (journal.File, error) {
	f, err := q.FS.OpenWrite(name)
	return quickFile{f}, err
}

// still is a clock by which the engine does not tick on its own, so that no record comes in unasked.
type still struct{ *clock.Hand }

func (still) Beat() <-chan time.Time { return nil }

// venue is a real engine on a journal of small segments, with customers who trade at random.
type venue struct {
	*engine.Engine
	t     testing.TB
	log   *journal.Files
	clock *clock.Hand
	rand  *rand.Rand
	named int
}

// at opens the venue of a journal; one that is new gets its markets and customers.
func at(t testing.TB, dir string, seed uint64) *venue {
	t.Helper()
	t.Logf("a venue of seed %d", seed)
	log, err := journal.Open(dir, journal.Options{SegmentSize: 128 << 10, FS: quick{journal.Disk}})
	if err != nil {
		t.Fatal(err)
	}
	v := &venue{t: t, log: log, clock: clock.NewHand(start), rand: rand.New(rand.NewPCG(seed, 1))}
	if v.Engine, err = engine.Open(engine.Config{Log: log, Clock: still{v.clock}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	v.read(func(s *core.State) { v.clock.Set(max(start, s.Clock().Now)) })
	if log.Last() > 0 {
		return v
	}
	v.clock.Set(start + instruction.Time(seed)) // so that no two seeds share a record
	v.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	v.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 8})
	v.operator(&instruction.AddAsset{Symbol: "BULK", Scale: 12})
	v.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: terms})
	charged := terms
	charged.FeeIn, charged.MakerFee = 1, -charged.TakerFee/2
	v.operator(&instruction.AddMarket{Base: 2, Quote: 1, Terms: charged})
	v.operator(&instruction.AddMarket{Base: 3, Quote: 1, Terms: bulk})
	for i := range customers {
		v.operator(&instruction.OpenAccount{Parent: []instruction.Account{0, 2}[min(i, 1)]}) // all are the first one's
		v.operator(&instruction.CreateKey{
			Account: instruction.Account(i + 2), ID: instruction.KeyID{byte(i + 1)}, Scheme: instruction.Ed25519,
			Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayTrade | instruction.MayTransfer},
		})
		for asset := range instruction.Asset(3) {
			v.credit(i, asset+1, []money.Amount{1e12, 1e16, 4e17}[asset])
		}
	}
	for i, m := range []instruction.Mandate{{Rights: instruction.MayRead | instruction.MayOwn}, {Rights: instruction.MayRead | instruction.MayWithdraw}} {
		v.operator(&instruction.CreateKey{
			Account: 2, ID: instruction.KeyID{byte(customers + 1 + i)}, Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: m, Legacy: i > 0,
		})
	}
	return v
}

// payOut has the first customer withdraw by a legacy key, or his owner's word said, or something that goes out arrive.
func (v *venue) payOut() {
	v.t.Helper()
	owner, payer := customers, instruction.Principal{Giver: instruction.ByCredential, Credential: customers + 2}
	var waits []instruction.MatterID
	var last instruction.PayoutID
	v.read(func(s *core.State) { waits, last = slices.Clone(s.Matters(2)), s.LastPayout() })
	switch v.rand.IntN(4) {
	case 0:
		if len(waits) > 0 {
			v.by(owner, &instruction.Answer{Matter: pick(v.rand, waits...), Yes: v.rand.IntN(3) > 0})
		}
	case 1:
		v.do(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: last - min(last, instruction.PayoutID(v.rand.IntN(5)))})
	default:
		id, _ := instruction.ClientIDOf(pick(v.rand, "", fmt.Sprint("w-", v.rand.IntN(20))))
		v.do(payer, &instruction.Withdraw{Asset: pick[instruction.Asset](v.rand, 1, 2), Amount: money.Amount(v.rand.IntN(1000) + 1), Client: id,
			To: instruction.Destination{Chain: "BTC", Address: "bc1q", Tag: pick(v.rand, "", "7")}})
	}
}

// gift has the first customer's owner issue gift codes or take one back, or somebody claim one.
func (v *venue) gift() {
	v.t.Helper()
	var last instruction.CodeID
	v.read(func(s *core.State) { last = s.LastCode() })
	id := last - min(last, instruction.CodeID(v.rand.IntN(5)))
	hash := instruction.CodeHash{1, byte(id), byte(id >> 8)}
	owner := instruction.Principal{Giver: instruction.ByCredential, Credential: customers + 1}
	switch v.rand.IntN(6) {
	case 0:
		v.do(owner, &instruction.ReturnCode{ID: id})
	case 1:
		v.do(instruction.Principal{Giver: instruction.ByBearer}, &instruction.ClaimCode{Hash: hash, To: instruction.Destination{Chain: "BTC", Address: "bc1q"}})
	case 2:
		v.do(instruction.Principal{Giver: instruction.ByCredential, Credential: customers + 2}, &instruction.ClaimCode{Hash: hash})
	case 3:
		v.do(instruction.Principal{Giver: instruction.ByOperator}, &instruction.StopPayout{Payout: 1 + instruction.PayoutID(v.rand.IntN(20))})
	default:
		name, _ := instruction.ClientIDOf(pick(v.rand, "", "w-1", "w-2"))
		i := &instruction.IssueCodes{Account: 2, Asset: pick[instruction.Asset](v.rand, 1, 2), Amount: 1, Client: name}
		for n := range 1 + v.rand.IntN(3) {
			next := last + 1 + instruction.CodeID(n)
			i.Codes = append(i.Codes, instruction.NewCode{Hash: instruction.CodeHash{1, byte(next), byte(next >> 8)}})
		}
		v.read(func(s *core.State) {
			i.Expires = s.Clock().Now + pick(v.rand, instruction.MinCodeLife+instruction.Second, instruction.Day)
		})
		v.do(owner, i)
	}
}

func (v *venue) read(fn func(*core.State)) {
	v.t.Helper()
	if err := v.Read(fn); err != nil {
		v.t.Fatal(err)
	}
}

func (v *venue) do(p instruction.Principal, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	r, err := v.Do(&p, in)
	if err != nil {
		v.t.Fatalf("%T: %v", in, err)
	}
	return r
}

func (v *venue) operator(in instruction.Instruction) {
	v.t.Helper()
	r := v.do(instruction.Principal{Giver: instruction.ByOperator}, in)
	if no := r.Refused(new(instruction.Events)); no != 0 {
		v.t.Fatalf("%T: %v", in, no)
	}
}

func (v *venue) credit(customer int, asset instruction.Asset, amount money.Amount) {
	v.t.Helper()
	v.operator(&instruction.Credit{Account: instruction.Account(customer + 2), Asset: asset, Amount: amount, Ref: "bank"})
}

// by has a customer give an instruction.
func (v *venue) by(customer int, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	r := v.do(instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(customer + 1)}, in)
	if r.Verdict.Decision != instruction.Allow {
		v.t.Fatalf("%T: %v", in, r.Verdict.Reason())
	}
	return r
}

// trade gives n random instructions.
func (v *venue) trade(n int) {
	v.t.Helper()
	for i := range n {
		if i%400 == 0 {
			v.wash()
		}
		v.pass()
		customer := v.rand.IntN(customers)
		switch x := v.rand.IntN(100); {
		case x < 60:
			v.by(customer, v.place(pick(v.rand, spot, spot, thin, huge)))
		case x < 66:
			v.by(customer, v.list(spot))
		case x < 70:
			c := v.cancel(spot)
			o := v.place(spot)
			v.by(customer, &instruction.AmendOrder{Market: spot, Order: c.Order, Client: c.Client, Qty: o.Qty, ClientID: o.ClientID})
		case x < 80:
			v.by(customer, v.cancel(pick(v.rand, spot, thin)))
		case x < 90:
			m := pick(v.rand, spot, thin)
			v.by(customer, &instruction.ReplaceOrder{Cancel: *v.cancel(m), Place: *v.place(m), AllowFails: v.rand.IntN(2) == 0})
		case x < 92:
			v.by(customer, &instruction.CancelAll{Market: pick(v.rand, spot, thin, huge)})
		case x < 94:
			to := instruction.Account(2 + (customer+1+v.rand.IntN(customers-1))%customers)
			id, _ := instruction.ClientIDOf(pick(v.rand, "", fmt.Sprint("m-", v.named)))
			v.by(customer, &instruction.Transfer{From: instruction.Account(customer + 2), To: to, Asset: 1, Amount: money.Amount(v.rand.IntN(1000) + 1), Client: id})
		case x < 96:
			v.credit(customer, pick[instruction.Asset](v.rand, 1, 2), money.Amount(v.rand.IntN(1e9)+1))
		case x < 97:
			v.do(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
		case x < 99:
			v.payOut()
			v.gift()
		default: // it comes to nothing
			v.by(customer, &instruction.PlaceOrder{Market: 9, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC})
		}
	}
}

// wash sends more bulk to and fro between two customers than an int64 can count, within one moment.
func (v *venue) wash() {
	v.t.Helper()
	v.by(0, &instruction.CancelAll{Market: huge})
	v.by(1, &instruction.CancelAll{Market: huge})
	for i := range 40 {
		o := v.place(huge)
		o.Type, o.TIF, o.Side, o.Price, o.Qty = instruction.Limit, instruction.GTC, instruction.Sell, 1, 3e17
		v.by(i%2, o)
		o.Side = instruction.Buy
		v.by((i+1)%2, o)
	}
}

// pass lets time pass: mostly not at all or a little, at times minutes or hours.
func (v *venue) pass() {
	switch x := v.rand.IntN(100); {
	case x < 30:
	case x < 90:
		v.clock.Add(instruction.Time(v.rand.Int64N(int64(2 * instruction.Second))))
	case x < 98:
		v.clock.Add(instruction.Time(v.rand.Int64N(int64(300 * instruction.Second))))
	default:
		v.clock.Add(instruction.Time(v.rand.Int64N(int64(instruction.Day / 2))))
	}
}

func (v *venue) place(m instruction.Market) *instruction.PlaceOrder {
	v.named++
	id, err := instruction.ClientIDOf(fmt.Sprintf("c-%d", v.named%500)) // names come again
	if err != nil {
		v.t.Fatal(err)
	}
	p := &instruction.PlaceOrder{
		Market: m, Side: pick(v.rand, instruction.Buy, instruction.Sell), Type: instruction.Limit,
		TIF: pick(v.rand, instruction.GTC, instruction.GTC, instruction.GTC, instruction.IOC, instruction.FOK), ClientID: id,
		Price: money.Price(v.rand.IntN(20)+90) * 1e6, Qty: money.Amount(v.rand.IntN(1000)+1) * 1e6,
	}
	if m == huge {
		p.Price, p.Qty = money.Price(v.rand.IntN(2)+1), money.Amount(v.rand.IntN(200_000)+1)*1e12
		return p
	}
	switch v.rand.IntN(6) {
	case 0:
		p.Type, p.TIF, p.Price = instruction.MarketType, instruction.IOC, 0
		if v.rand.IntN(2) == 0 {
			p.QuoteQty, p.Qty = p.Qty, 0
		}
	case 1:
		p.Type, p.TIF = instruction.LimitMaker, instruction.GTC
	case 2:
		p.Trigger = pick(v.rand, instruction.StopLoss, instruction.TakeProfit)
		if p.Stop = money.Price(v.rand.IntN(20)+90) * 1e6; v.rand.IntN(3) == 0 {
			p.Trail = 100
		}
	case 3:
		p.TIF, p.Visible = instruction.GTC, p.Qty/2-p.Qty/2%1e3
	}
	p.SelfTrade = instruction.SelfTrade(v.rand.IntN(5))
	return p
}

// list is an order with one or two that follow it, or two of which one cancels the other; many come to nothing.
func (v *venue) list(m instruction.Market) *instruction.PlaceList {
	in := &instruction.PlaceList{Market: m, Shape: pick(v.rand, instruction.OCO, instruction.OTO, instruction.OTO, instruction.OTOCO)}
	in.ClientID = v.place(m).ClientID
	for i := range in.Shape.Legs() {
		p := v.place(m)
		*p = instruction.PlaceOrder{Market: m, Side: instruction.Sell, Type: instruction.Limit, TIF: instruction.GTC, Price: 1e6 * money.Price(v.rand.IntN(20)+90),
			Qty: 5e6, ClientID: p.ClientID}
		in.Legs[i] = *p
	}
	pair := in.Legs[:]
	if in.Shape != instruction.OCO {
		in.Legs[0].Side = instruction.Buy
		pair = in.Legs[1:]
	}
	if in.Shape != instruction.OTO {
		pair[0].Trigger, pair[0].Stop = instruction.StopLoss, 91e6
		pair[1].Type, pair[1].Price = instruction.LimitMaker, 112e6
	}
	return in
}

// cancel names an order that may be open, by id or by client id.
func (v *venue) cancel(m instruction.Market) *instruction.CancelOrder {
	var last instruction.Order
	v.read(func(s *core.State) { last = s.LastOrder() })
	if v.rand.IntN(2) == 0 {
		return &instruction.CancelOrder{Market: m, Order: last - min(last, instruction.Order(v.rand.IntN(20)))}
	}
	id, err := instruction.ClientIDOf(fmt.Sprintf("c-%d", (v.named-v.rand.IntN(20)+500)%500))
	if err != nil {
		v.t.Fatal(err)
	}
	return &instruction.CancelOrder{Market: m, Client: id}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// open opens an archive for a test.
func open(t testing.TB, path string) *Archive {
	t.Helper()
	a, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// following has the archive filled while the test goes on; stop ends that and gives what Follow returned.
func following(t testing.TB, a *Archive, s Source) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	begun := &beginning{Source: s, begun: make(chan struct{})}
	go func() { done <- a.Follow(ctx, begun) }()
	select {
	case <-begun.begun: // so that what ended an earlier Follow is forgotten
	case err := <-done:
		done <- err
	}
	return func() error {
		cancel()
		return <-done
	}
}

// beginning is a source that tells when it is first used.
type beginning struct {
	Source
	begun chan struct{}
	once  sync.Once
}

func (b *beginning) Subscribe(from uint64) *engine.Subscription {
	b.once.Do(func() { close(b.begun) })
	return b.Source.Subscribe(from)
}

// filled is an archive of everything that is durable.
func filled(t testing.TB, path string, v *venue) *Archive {
	t.Helper()
	a := open(t, path)
	catchUp(t, a, v)
	return a
}

func catchUp(t testing.TB, a *Archive, v *venue) {
	t.Helper()
	stop := following(t, a, v)
	if err := a.Wait(t.Context(), v.Durable()); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != context.Canceled {
		t.Fatalf("Follow: %v", err)
	}
}

func path(t testing.TB) string { return filepath.Join(t.TempDir(), "history.sqlite") }

// dump is all that the file holds, table by table.
func dump(t testing.TB, a *Archive) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	for _, table := range []string{"progress", "markets", "orders", "trades", "fills", "candles", "transfers", "moves", "payouts",
		"chains", "deposits", "spends", "paid"} {
		rows, err := a.file.read.QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all[table] = append(all[table], fmt.Sprint(row...))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(all[table])
	}
	return all
}
