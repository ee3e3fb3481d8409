// A replay takes a minute under the race detector, and there is one goroutine in it.

//go:build !race

package drain

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/rules"
	"portcullis/scenario/house"
)

// replayed is a replay's result and transcript.
func replayed(t *testing.T, i *Incident, o Options) (Result, string) {
	t.Helper()
	var text bytes.Buffer
	o.Say = func(line string) { text.WriteString(line + "\n") }
	r, err := i.Replay(t.Context(), o)
	if err != nil {
		t.Fatalf("%s, gate %v, seed %d: %v", i.Name, o.Gate, o.Seed, err)
	}
	return r, text.String()
}

// try is a replay of a first evening.
type try struct {
	i    *Incident
	gate house.Gate
	seed uint64
}

// tried is what came of it.
type tried struct {
	Result
	text string
}

var outcomes = make(map[try]tried)

// run replays it, unless that was done for another test.
func (c try) run(t *testing.T) tried {
	t.Helper()
	t.Logf("%s, gate %v, seed %d", c.i.Name, c.gate, c.seed)
	out, done := outcomes[c]
	if !done {
		out.Result, out.text = replayed(t, c.i, Options{Gate: c.gate, Seed: c.seed, First: true})
		outcomes[c] = out
	}
	return out
}

// between holds a figure, of millionths, within bounds.
func between(t *testing.T, what string, got Decimal, least, most float64) {
	t.Helper()
	if x := float64(got) / million; x < least || x > most {
		t.Errorf("%s: %v, want %v to %v", what, got, least, most)
	}
}

// deep asks for all incidents and many seeds.
var deep = os.Getenv("PORTCULLIS_DEPTH") == "soak"

// tries are those that CI has time for, or at soak every incident with all gates and ten seeds. None of the seeds are ones that
// the replay was made with.
func tries(gates []house.Gate, ci ...try) []try {
	if !deep {
		return ci
	}
	for _, i := range []*Incident{&FtxDmg2022, &SysUsd2022, &NxtBtc2022} {
		for _, g := range gates {
			for n := range uint64(10) {
				ci = append(ci, try{i, g, 90_214 + n})
			}
		}
	}
	return ci
}

// published is what was lost of an account, in the coin in which it was told, and what that account was worth.
var published = map[string]struct{ risk, coins float64 }{
	FtxDmg2022.Name: {1_600_000, 1_590_000}, SysUsd2022.Name: {1_374_100, 1_053}, NxtBtc2022.Name: {392_600, 301},
}

// TestGateOff: the venue of the time loses what it lost.
func TestGateOff(t *testing.T) {
	for _, c := range tries([]house.Gate{house.Off}, try{&FtxDmg2022, house.Off, 7_301}) {
		r := c.run(t)
		p := published[c.i.Name]
		between(t, "at risk", r.AtRisk, p.risk*0.99, p.risk*1.01)
		between(t, "lost, in parts", r.LostRatio, 0.98, 1.02) // prices walk on while the thief is at it
		between(t, "lost, in the coin of which it was published", r.LostCoins, p.coins*0.985, p.coins*1.015)
		between(t, "price", r.PriceMultiple, 2, 3)
		between(t, "volume", r.VolumeMultiple, 850, 1300)
		if r.Trades <= 5_000 || r.Trades > 6_500 || r.InstructionsUntilStop != 0 || r.HonestDenied != 0 || r.HonestInstructions < 100_000 {
			t.Errorf("%d trades, stopped at %d; %d of %d honest instructions denied", r.Trades, r.InstructionsUntilStop, r.HonestDenied, r.HonestInstructions)
		}
	}
}

// TestGated: with budgets as they are by default a thief who knows them gets no more than they bear, within 24 hours, by the
// scenario's own fair prices, though he goes on all day; how careless the key is changes nothing. Nearly all of it he does get
// where budgets hold alone, else he was no opponent; collars leave him a third. Honest programs go on: with collars all of them,
// without, but for those who trade where the thief printed his prices. Before he comes budgets are in nobody's way.
func TestGated(t *testing.T) {
	for _, c := range tries([]house.Gate{house.On, house.Legacy}, try{&FtxDmg2022, house.On, 7_301}, try{&NxtBtc2022, house.Legacy, 7_301}) {
		r := c.run(t)
		least, denied := 0.014, r.HonestInstructions/1_000
		if c.gate == house.On {
			least, denied = 0.004, 0
		}
		between(t, "lost, in parts", r.LostRatio, least, 0.02)
		between(t, "fees, in parts", decimal(int64(r.Fees), int64(r.AtRisk)), 0, 0.02)
		if r.InstructionsUntilStop == 0 || r.InstructionsUntilStop > 200 || r.Instructions < 5*r.InstructionsUntilStop {
			t.Errorf("the thief gave %d instructions, a budget stopped him at %d", r.Instructions, r.InstructionsUntilStop)
		}
		if r.HonestInstructions < 100_000 || r.HonestDenied > denied || r.HonestExpired > 20 {
			t.Errorf("of %d honest instructions %d were denied: %v; %d orders expired", r.HonestInstructions, r.HonestDenied, r.HonestDenials, r.HonestExpired)
		}
		if !strings.Contains(r.text, " instructions, 0 of them denied; ") {
			t.Errorf("honest instructions were denied before the thief came:\n%s", r.text)
		}
	}
}

// TestDetectors: with no guarantee at all rules stop the thief before a tenth is lost, in the very market where he robs; and of what
// honest people ask for they stop at most one in ten thousand.
func TestDetectors(t *testing.T) {
	for _, c := range tries([]house.Gate{house.DetectorsOnly}, try{&FtxDmg2022, house.DetectorsOnly, 7_301},
		try{&SysUsd2022, house.DetectorsOnly, 7_302}, try{&NxtBtc2022, house.DetectorsOnly, 7_303}) {
		r := c.run(t)
		between(t, "lost, in parts", r.LostRatio, 0.001, 0.1)
		if r.InstructionsUntilStop == 0 || r.InstructionsUntilStop > 1_000 {
			t.Errorf("the thief was stopped at instruction %d of %d", r.InstructionsUntilStop, r.Instructions)
		}
		if r.HonestInstructions < 100_000 || r.HonestDenied > r.HonestInstructions/10_000 {
			t.Errorf("of %d honest instructions %d were denied: %v, %+v", r.HonestInstructions, r.HonestDenied, r.HonestDenials, r.Rules)
		}
	}
}

// TestWithoutRules: it is the rules that stop him, each of those that catch him by itself: where they all only watch he takes
// everything, and where one of them is left, next to nothing.
func TestWithoutRules(t *testing.T) {
	catch := []string{"traded-empty", "goes-on-losing", "like-mad"}
	for _, left := range append(catch, "") {
		o := Options{Gate: house.DetectorsOnly, Seed: 7_303, First: true, Customers: MinCustomers, Rules: shadowed(t, left)}
		r, _ := replayed(t, &NxtBtc2022, o)
		least, most := 0.9, 1.02
		if left != "" {
			least, most = 0.001, 0.1
		}
		t.Logf("seed %d, with %q", o.Seed, left)
		between(t, "lost, in parts", r.LostRatio, least, most)
		for _, s := range r.Rules {
			if slices.Contains(catch, s.Rule) && s.Thieves == 0 {
				t.Errorf("%q did not see the thief: %+v", s.Rule, r.Rules)
			}
		}
	}
}

// shadowed are the default rules, all in shadow but one.
func shadowed(t *testing.T, but string) []instruction.Rule {
	t.Helper()
	list, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	pack := rules.Plain(list)
	for i := range pack {
		pack[i].Shadow = pack[i].Name != but
	}
	return pack
}

// TestPicture: the picture in the docs is what the replays that it is of draw: without the gate to the point, and with it as far
// as people can see.
func TestPicture(t *testing.T) {
	off, on := try{&FtxDmg2022, house.Off, 7_301}.run(t), try{&FtxDmg2022, house.On, 7_301}.run(t)
	const name = "../../docs/ftx-dmg-2022.svg"
	shown, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	is, want := strings.Split(string(shown), "\n"), strings.Split(string(Chart(off.Result, on.Result)), "\n")
	if len(is) != len(want) {
		t.Fatalf("%d lines, want %d", len(is), len(want))
	}
	for i, line := range want {
		if strings.Contains(line, "gate on: ") {
			line = line[:strings.Index(line, "gate on: ")]
		} else if strings.Contains(line, "curve c1") {
			line = line[:strings.Index(line, " ")]
		}
		if !strings.HasPrefix(is[i], line) {
			t.Errorf("%s is another picture: make it anew with portcullis replay ftx-dmg-2022 --gate=on --seed=7301 --chart docs/ftx-dmg-2022.svg\nis   %s\nwant %s",
				name, is[i], line)
		}
	}
	at := strings.Index(string(shown), "gate on: ")
	said := regexp.MustCompile(`^gate on: [0-9,]+ USD lost, ([0-9.]+)%`).FindStringSubmatch(string(shown)[max(at, 0):])
	if said == nil {
		t.Fatal("the picture does not say what was lost with the gate on")
	}
	if x, err := strconv.ParseFloat(said[1], 64); err != nil || math.Abs(x-float64(on.LostRatio)/million*100) > 0.1 {
		t.Errorf("the picture says that %s%% was lost with the gate on; %v was", said[1], on.LostRatio)
	}
}

// TestThreeEvenings: the thief comes again on the two days after, to other accounts; one loses about 104 BTC. A rule against
// trades with oneself, which all his orders ask for, sees none.
func TestThreeEvenings(t *testing.T) {
	if !deep {
		t.Skip("three days; the first evening is TestGateOff's")
	}
	x, err := FtxDmg2022.stage(Options{Gate: house.Off, Seed: 11})
	if err != nil {
		t.Fatal(err)
	}
	hears, prevented, first := x.house.Heard, 0, x.thief.account
	x.house.Heard = func(r *instruction.Record, e instruction.Event) {
		if e, ok := e.(*instruction.TradePrevented); ok && e.Account >= x.raids[0].account && e.Account <= first {
			prevented++
		}
		hears(r, e)
	}
	if err := x.run(t.Context(), x.raids[2].at+window); err != nil {
		t.Fatal(err)
	}
	x.finish()
	if n := len(x.result.Accounts); n != 3 || prevented != 0 {
		t.Fatalf("%d accounts, %d trades prevented", n, prevented)
	}
	for _, a := range x.result.Accounts {
		between(t, "lost, in parts", a.LostRatio, 0.98, 1.02)
	}
	if last := x.result.Accounts[2]; last.Coin != "BTC" {
		t.Errorf("the last account lost %s", last.Coin)
	} else {
		between(t, "lost BTC", last.LostCoins, 102, 106)
	}
	if err := x.house.State.Check(); err != nil {
		t.Error(err)
	}
}

// TestThreeEveningsGated: where budgets hold alone, no account of the three loses more than its own bears.
func TestThreeEveningsGated(t *testing.T) {
	if !deep {
		t.Skip("three days; the first evening is TestGated's")
	}
	r, _ := replayed(t, &FtxDmg2022, Options{Gate: house.Legacy, Seed: 11})
	if len(r.Accounts) != 3 {
		t.Fatalf("%d accounts", len(r.Accounts))
	}
	for _, a := range r.Accounts {
		between(t, "lost, in parts", a.LostRatio, 0.014, 0.02)
	}
}

// TestSameAgain: the same options give the same result and transcript, to the byte; another seed has other prices.
func TestSameAgain(t *testing.T) {
	if !deep {
		t.Skip("TestPicture holds a replay against what another process drew")
	}
	once := try{&FtxDmg2022, house.Off, 7_301}.run(t)
	r, text := replayed(t, &FtxDmg2022, Options{Gate: house.Off, Seed: 7_301, First: true})
	a, _ := json.Marshal(once.Result)
	b, _ := json.Marshal(r)
	if !bytes.Equal(a, b) || text != once.text {
		t.Errorf("two replays of a seed differ:\n%s\n%s", a, b)
	}
	if one, other := fairAt(t, 5), fairAt(t, 6); one == other {
		t.Errorf("seeds 5 and 6 come to the same prices: %v", one)
	}
}

// fairAt is what the first coin that moves is worth after a day with a seed.
func fairAt(t *testing.T, seed uint64) money.Price {
	t.Helper()
	f := newFair(&SysUsd2022, seed, SysUsd2022.robbed[0].at-2*instruction.Day)
	f.advance(SysUsd2022.robbed[0].at - instruction.Day)
	return f.price[1]
}

// TestLossByHand: what a trade costs an account is told by fair prices, whichever side it took.
func TestLossByHand(t *testing.T) {
	x, err := NxtBtc2022.stage(Options{Gate: house.Off, Seed: 3, First: true, Customers: MinCustomers})
	if err != nil {
		t.Fatal(err)
	}
	r := &x.raids[0]
	r.take.begin = x.house.Time
	x.fair.price = []money.Price{whole, 20_000 * whole, 1_000 * whole, whole / 2} // NXT: 2,500 units of BTC
	fill := instruction.Filled{Market: market(2), TakerSide: instruction.Buy, TakerAccount: r.account, MakerAccount: x.thief.account,
		Price: 5_000, Qty: 1_000 * whole, Quote: 5_000_000, TakerFee: whole}
	x.heardFill(&fill) // 0.05 BTC, 1,000 USD, for what is worth 500
	if r.take.lost != 500*whole || r.take.fees != whole/2 {
		t.Errorf("bought: lost %d, fees %d", r.take.lost, r.take.fees)
	}
	fill.TakerAccount, fill.MakerAccount, fill.Quote, fill.TakerFee, fill.MakerFee = x.thief.account, r.account, 1_000_000, 0, 100
	x.heardFill(&fill) // sold for 0.01 BTC, 200 USD
	if r.take.lost != 800*whole || r.take.fees != whole/2+2_000_000 || r.take.trades != 2 {
		t.Errorf("sold: lost %d, fees %d in %d trades", r.take.lost, r.take.fees, r.take.trades)
	}
	x.house.Time += window
	x.heardFill(&fill)
	if r.take.trades != 2 {
		t.Error("what came after the window counts")
	}
}
