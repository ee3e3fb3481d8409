package daemon

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/seal"
	"portcullis/internal/secret"
	"portcullis/journal"
)

// update writes the golden data directory of the record layout that this program writes. It is run once, when a layout is
// final; what lies there stays as it is for ever.
var update = flag.Bool("update-golden", false, "write testdata/v<layout> anew")

// facts are what a golden data directory says, in words that no layout changes.
type facts struct {
	Records  uint64        `json:"records"`
	Clock    int64         `json:"clock"`
	Frozen   int64         `json:"frozen"`
	Orders   uint64        `json:"orders_ever"`
	Assets   []string      `json:"assets"`
	Markets  []factMarket  `json:"markets"`
	Accounts []factAccount `json:"accounts"`
	Keys     []factKey     `json:"keys"`
}

type factMarket struct {
	Symbol, State, Terms, LastPrice string
	LastTrade                       uint64
	Orders                          []string // best first, bids before asks
}

type factAccount struct {
	Ref      string
	Opened   int64
	Balances []string // asset, free, held
}

type factKey struct {
	Name, Scheme, Label, Rights, Material string
	Account                               instruction.Account
	Markets                               []instruction.Market
	Networks                              []netip.Prefix
	Created, Expires, Revoked             int64
}

// factsOf reads the facts off a state.
func factsOf(s *core.State, records uint64) facts {
	f := facts{Records: records, Clock: int64(s.Clock().Now), Frozen: int64(s.Clock().Frozen), Orders: uint64(s.LastOrder())}
	for _, a := range s.Assets() {
		f.Assets = append(f.Assets, fmt.Sprintf("%s %d", a.Symbol, a.Scale))
	}
	for _, m := range s.Markets() {
		t := &m.Terms
		x := factMarket{Symbol: m.Symbol, State: m.State.String(), LastPrice: fmt.Sprint(m.LastPrice), LastTrade: uint64(m.LastTrade),
			Terms: fmt.Sprint(t.Tick, t.MinPrice, t.MaxPrice, t.Lot, t.MaxQty, t.MinNotional, t.MakerFee, t.TakerFee)}
		for _, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
			m.Book.Walk(side, func(h book.Handle) bool {
				o := m.Book.At(h)
				x.Orders = append(x.Orders, fmt.Sprint(o.ID, o.Account, o.Credential, o.Side, o.Type, o.TIF, o.Price, o.Qty, o.Done, o.Paid, o.Held,
					o.ClientID, int64(o.Placed), int64(o.Updated)))
				return true
			})
		}
		f.Markets = append(f.Markets, x)
	}
	for n := instruction.Fees; n <= s.Accounts(); n++ {
		a := factAccount{Ref: s.Account(n).Ref, Opened: int64(s.Account(n).Opened)}
		for x, b := range s.Balances(n) {
			a.Balances = append(a.Balances, fmt.Sprint(s.Asset(x).Symbol, " ", b.Free, " ", b.Held))
		}
		f.Accounts = append(f.Accounts, a)
	}
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		k := s.Key(c)
		f.Keys = append(f.Keys, factKey{Name: k.ID.String(), Scheme: k.Scheme.String(), Label: k.Label, Rights: k.Mandate.Rights.String(),
			Material: hex.EncodeToString(k.Material), Account: k.Account, Markets: k.Mandate.Markets, Networks: k.Mandate.Networks,
			Created: int64(k.Created), Expires: int64(k.Mandate.Expires), Revoked: int64(k.Revoked)})
	}
	return f
}

// golden is where the directory of a layout lies.
func golden(layout uint8) string { return filepath.Join("testdata", fmt.Sprintf("v%d", layout)) }

// goldenSecret is the HMAC secret that is sealed in every golden directory, for key 3.
const goldenSecret = "a secret that only tests know"

// TestUpgrade: what earlier versions wrote, this one opens with the same facts, goes on from, and opens again. It works on
// copies of the directories in testdata, which hold every kind of instruction that their version knew.
// There is one for every layout but, until that is final, the one that this program writes.
func TestUpgrade(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	for layout := uint8(1); layout <= instruction.Version; layout++ {
		if _, err := os.Stat(golden(layout)); err != nil && layout == instruction.Version {
			continue // it is still being made
		}
		t.Run(fmt.Sprintf("v%d", layout), func(t *testing.T) { upgrade(t, golden(layout)) })
	}
}

func upgrade(t *testing.T, dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "facts.json"))
	var want facts
	if err == nil {
		err = json.Unmarshal(text, &want)
	}
	if err != nil {
		t.Fatalf("the golden directory of this layout (make a new one with -update-golden): %v", err)
	}
	cfg, _ := config(t)
	if err := os.CopyFS(cfg.Dir, os.DirFS(filepath.Join(dir, "data"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(cfg.Dir, masterFile), 0o600); err != nil {
		t.Fatal(err)
	}
	hand := clock.NewHand(instruction.Time(want.Clock) + instruction.Second)
	cfg.Clock = hand

	d := run(t, cfg)
	same(t, "opened", found(t, d), want)
	opensSecret(t, d)
	goOn(t, d)
	gone := found(t, d)
	if gone.Orders != want.Orders+2 || gone.Markets[0].LastTrade != want.Markets[0].LastTrade+1 {
		t.Errorf("two orders that meet: %d orders and %d trades became %d and %d",
			want.Orders, want.Markets[0].LastTrade, gone.Orders, gone.Markets[0].LastTrade)
	}
	stop(t, d)
	hand.Add(instruction.Second)
	again := found(t, run(t, cfg))
	again.Records, again.Clock = gone.Records, gone.Clock // time passes
	same(t, "opened again", again, gone)
}

func found(t *testing.T, d *Daemon) (f facts) {
	t.Helper()
	if err := d.engine.Read(func(s *core.State) { f = factsOf(s, d.engine.Durable()) }); err != nil {
		t.Fatal(err)
	}
	return f
}

func same(t *testing.T, when string, got, want facts) {
	t.Helper()
	a, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(want, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Fatalf("%s, it has other facts:\n%s\nwant\n%s", when, a, b)
	}
}

// opensSecret opens the sealed secret of key 3 with the master key of the directory.
func opensSecret(t *testing.T, d *Daemon) {
	t.Helper()
	var id instruction.KeyID
	var sealed []byte
	d.engine.Read(func(s *core.State) { id, sealed = s.Key(3).ID, bytes.Clone(s.Key(3).Material) })
	plain, err := d.kek.Open(sealed, id[:])
	if err != nil || string(plain.Reveal()) != goldenSecret {
		t.Errorf("the sealed secret of key 3 does not open: %v", err)
	}
}

// goOn trades once.
func goOn(t *testing.T, d *Daemon) {
	t.Helper()
	for i, side := range []instruction.Side{instruction.Sell, instruction.Buy} {
		id, _ := instruction.ClientIDOf(fmt.Sprint("on-", i))
		r, err := d.engine.Do(goldenTrader(1+i), &instruction.PlaceOrder{Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC,
			Price: 10_000e8, Qty: 1e5, ClientID: id})
		var ev instruction.Events
		if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
			t.Fatal(r.Verdict, r.Refused(&ev), err)
		}
	}
}

// goldenTrader is the owner of key c, 1 to 3.
func goldenTrader(c int) *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(c), Addr: netip.MustParseAddr("127.0.0.1")}
}

// writeGolden writes the directory of this program's layout.
func writeGolden(t *testing.T) {
	dir := filepath.Join(golden(instruction.Version), "data")
	if err := errors.Join(os.RemoveAll(filepath.Dir(dir)), os.MkdirAll(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	kek, err := seal.FromFile(filepath.Join(dir, masterFile))
	if err != nil {
		t.Fatal(err)
	}
	// Small segments keep the directory small.
	log, err := journal.Open(JournalDir(dir), journal.Options{SegmentSize: 16 << 10})
	if err != nil {
		t.Fatal(err)
	}
	hand := clock.NewHand(1_515_196_800_000_000)
	e, err := engine.Open(engine.Config{Log: log, Clock: hand})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range goldenStory(t, kek) {
		hand.Add(x.after)
		p := x.by
		if p == nil {
			p = &instruction.Principal{Giver: instruction.ByOperator, Operator: 1000}
		}
		r, err := e.Do(p, x.in)
		if err != nil {
			t.Fatal(err)
		}
		var ev instruction.Events
		if ok := r.Verdict.Decision == instruction.Allow && r.Refused(&ev) == 0; ok == x.fails {
			t.Fatalf("record %d, %T: %v %v", r.Seq, x.in, r.Verdict.Findings(), r.Refused(&ev))
		}
	}
	var f facts
	e.Read(func(s *core.State) { f = factsOf(s, e.Durable()) })
	text, err := json.MarshalIndent(f, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(filepath.Dir(dir), "facts.json"), append(text, '\n'), 0o600)
	}
	if err := errors.Join(err, e.Close(), os.Remove(filepath.Join(JournalDir(dir), "lock"))); err != nil {
		t.Fatal(err)
	}
}

// told is one instruction of the golden story.
type told struct {
	in    instruction.Instruction
	by    *instruction.Principal // nil: the operator
	after instruction.Time       // the step before
	fails bool                   // it is denied or refused
}

// goldenStory has every kind of instruction, carried out, refused and denied.
func goldenStory(t *testing.T, kek seal.KEK) []told {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	ids := []instruction.KeyID{{1}, {2}, {3}, {4}}
	sealed, err := kek.Seal(secret.New([]byte(goldenSecret)), ids[2][:])
	if err != nil {
		t.Fatal(err)
	}
	home := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("2001:db8::/48")}
	trade := instruction.MayRead | instruction.MayTrade
	terms := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e8, MakerFee: 1000, TakerFee: 2000}
	story := []told{
		{in: &instruction.AddAsset{Symbol: "BTC", Scale: 8}}, {in: &instruction.AddAsset{Symbol: "USDT", Scale: 8}},
		{in: &instruction.AddMarket{Base: 1, Quote: 2, Terms: terms}},
		{in: &instruction.AddAsset{Symbol: "BTC", Scale: 8}, fails: true},
		{in: &instruction.OpenAccount{Ref: "first"}}, {in: &instruction.OpenAccount{Ref: "second"}}, {in: &instruction.OpenAccount{Ref: "third"}},
	}
	for a := instruction.Account(2); a <= 4; a++ {
		story = append(story, told{in: &instruction.Credit{Account: a, Asset: 1, Amount: 10e8, Ref: "from outside"}},
			told{in: &instruction.Credit{Account: a, Asset: 2, Amount: 100_000e8, Ref: "from outside"}})
	}
	story = append(story,
		told{in: &instruction.CreateKey{Account: 2, ID: ids[0], Scheme: instruction.Ed25519, Material: make([]byte, 32), Label: "ed",
			Mandate: instruction.Mandate{Rights: trade, Markets: []instruction.Market{1}}}},
		told{in: &instruction.CreateKey{Account: 3, ID: ids[1], Scheme: instruction.RSA, Material: public, Label: "rsa",
			Mandate: instruction.Mandate{Rights: trade, Networks: home, Expires: 1_600_000_000_000_000}}},
		told{in: &instruction.CreateKey{Account: 4, ID: ids[2], Scheme: instruction.HMAC, Material: sealed, Label: "hmac",
			Mandate: instruction.Mandate{Rights: trade, Networks: home}}},
		told{in: &instruction.CreateKey{Account: 4, ID: ids[3], Scheme: instruction.HMAC, Material: bytes.Clone(sealed), Label: "gone",
			Mandate: instruction.Mandate{Rights: instruction.MayRead}}},
		told{in: &instruction.RevokeKey{Credential: 4}}, told{in: &instruction.RevokeKey{Credential: 4}, fails: true},
	)
	return append(story, goldenTrades(t)...)
}

// goldenTrades are the trading part of the story.
func goldenTrades(t *testing.T) []told {
	t.Helper()
	name := func(text string) instruction.ClientID {
		id, err := instruction.ClientIDOf(text)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	order := func(id string, side instruction.Side, kind instruction.OrderType, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
		return &instruction.PlaceOrder{Market: 1, Side: side, Type: kind, TIF: tif, Price: price, Qty: qty, ClientID: name(id)}
	}
	const sell, buy = instruction.Sell, instruction.Buy
	one, two, three := goldenTrader(1), goldenTrader(2), goldenTrader(3)
	signed := *two
	signed.Request, signed.Sent, signed.Window, signed.Client = instruction.Digest{7}, 1_515_196_803_000_000, 5*instruction.Second, 42
	byQuote := order("quote", buy, instruction.MarketType, instruction.IOC, 0, 0)
	byQuote.QuoteQty = 500e8
	return []told{
		{in: order("a", sell, instruction.Limit, instruction.GTC, 10_100e8, 3e8), by: one, after: instruction.Second},
		{in: order("b", sell, instruction.Limit, instruction.GTC, 10_200e8, 1e8), by: two, after: instruction.Second},
		{in: order("c", buy, instruction.Limit, instruction.GTC, 9_900e8, 1e8), by: three, after: instruction.Second},
		{in: order("d", buy, instruction.LimitMaker, instruction.GTC, 9_800e8, 1e8), by: &signed},
		{in: order("e", buy, instruction.LimitMaker, instruction.GTC, 9_801e8, 1e8), by: &signed, fails: true}, // seen before
		{in: order("f", buy, instruction.LimitMaker, instruction.GTC, 10_100e8, 1e8), by: three, fails: true},  // would take
		{in: order("g", buy, instruction.Limit, instruction.IOC, 10_100e8, 1e8), by: three},
		{in: order("h", buy, instruction.Limit, instruction.FOK, 10_100e8, 5e8), by: three}, // expires
		{in: order("i", buy, instruction.MarketType, instruction.IOC, 0, 5e7), by: two},
		{in: byQuote, by: three},
		{in: order("j", sell, instruction.Limit, instruction.GTC, 10_300e8, 1e8), by: one},
		{in: &instruction.CancelOrder{Market: 1, Client: name("j"), ClientID: name("x")}, by: one},
		{in: &instruction.CancelOrder{Market: 1, Order: 1_000}, by: one, fails: true},
		{in: &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: 1, Client: name("b")},
			Place: *order("k", sell, instruction.Limit, instruction.GTC, 10_250e8, 2e8)}, by: two},
		{in: order("l", buy, instruction.Limit, instruction.GTC, 9_700e8, 1e8), by: one},
		{in: order("m", buy, instruction.Limit, instruction.GTC, 9_600e8, 1e8), by: one},
		{in: &instruction.SetMarket{Market: 1, State: instruction.CancelOnly}},
		{in: order("n", buy, instruction.Limit, instruction.GTC, 9_600e8, 1e8), by: three, fails: true},
		{in: &instruction.CancelAll{Market: 1}, by: one},
		{in: &instruction.SetMarket{Market: 1, State: instruction.Open}},
		{in: &instruction.ConfirmClock{}, after: instruction.Day},
		{in: &instruction.ConfirmClock{}, fails: true},
		{in: &instruction.SetMarket{Market: 1, State: instruction.Open}, after: 3 * instruction.Second}, // the clock freezes again
	}
}
