package backtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/journal"
)

// pack are rules of every kind: two that catch the thief, one that mostly hits honest people, one in shadow, one of withdrawals, one of the time.
func pack(t *testing.T) []instruction.Rule {
	hosted := ruleOf(t, "hosted", "request.hosting == 1", instruction.WhenOrder, instruction.RespondDeny)
	losing := ruleOf(t, "losing", "key.loss_24h >= 1 && account.loss_24h >= 1", instruction.WhenOrder, instruction.RespondHold)
	busy := ruleOf(t, "busy", "key.orders_5m >= 2", instruction.WhenOrder, instruction.RespondChallenge)
	slips := ruleOf(t, "slips", "request.slip >= 100 && pair.share >= 0", instruction.WhenOrder, instruction.RespondAlarm)
	slips.Shadow = true
	again := ruleOf(t, "again", "account.withdrawals_24h >= 1", instruction.WhenWithdrawal, instruction.RespondHold)
	aged := ruleOf(t, "aged", "key.age_hours >= 8", instruction.WhenOrder, instruction.RespondAlarm)
	return []instruction.Rule{hosted, losing, busy, slips, again, aged}
}

// labelled are labels that name the victim's key from a time on.
func labelled(t *testing.T, from instruction.Time) *Labels {
	t.Helper()
	l, err := ReadLabels("x", strings.NewReader(fmt.Sprintf("credential,%d,%s,", victim, from.Std().Format(time.RFC3339Nano))))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// stolen is a venue with a day of honest trade, a theft in the middle of it, and when that began.
func stolen(t *testing.T, s *core.State, rules ...instruction.Rule) (*venue, instruction.Time) {
	v := newVenue(t, s, 20261121)
	if len(rules) > 0 {
		v.operator(&instruction.SetRules{Reason: "to see", Rules: rules})
	}
	v.day(300)
	from := v.now + 1
	v.theft(40)
	v.day(120)
	for range 3 { // the time of a record is its own, and not that of the one before it
		v.now += 60 * minute
		v.order(maker, home(maker), instruction.Buy, instruction.GTC, -20, 1)
	}
	return v, from
}

// losses are what the victim's key lost record by record, as the fold of the journal tells.
func (v *venue) losses(t *testing.T) map[uint64]int64 {
	v.flush()
	reader, err := v.log.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	list, s, o := map[uint64]int64{}, core.New(), new(losing)
	for range v.log.Last() {
		seq, b, err := reader.Next()
		var r instruction.Record
		if err == nil {
			err = r.Decode(seq, b)
		}
		if err == nil {
			o.lost = 0
			err = s.Fold(&r, o)
		}
		if err != nil {
			t.Fatal(err)
		}
		list[seq] = o.lost
	}
	return list
}

type losing struct{ lost int64 }

func (*losing) Before(*core.State, *instruction.Record, instruction.Event) {}

func (o *losing) After(s *core.State, _ *instruction.Record, e instruction.Event) {
	if x, ok := e.(*instruction.Filled); ok {
		for _, side := range s.Slipped(x) {
			if side.Credential == victim {
				o.lost += max(side.Lost, 0)
			}
		}
	}
}

// wanted is what a rule must be found to do, counted from what the live venue said of itself while the rule only watched.
type wanted struct {
	judged, theft, fired, caught, keys uint64
	prevented                          int64
}

func (v *venue) want(x *instruction.Rule, from instruction.Time, lost map[uint64]int64) (w wanted) {
	first := uint64(math.MaxUint64)
	for _, g := range v.given {
		if g.when != x.When {
			continue
		}
		thief := g.key == victim && g.at >= from
		w.judged++
		if thief {
			w.theft++
		}
		if !slices.Contains(v.fired[x.Name], g.seq) {
			continue
		}
		if w.fired++; thief {
			w.caught++
			w.keys = 1
			first = min(first, g.seq)
		}
	}
	for seq, n := range lost {
		if seq >= first && x.Response > instruction.RespondAlarm {
			w.prevented += n
		}
	}
	return w
}

// TestMeasures: a venue had all rules in shadow. What each of them would have done is exactly what it wrote down, and so are the shares.
func TestMeasures(t *testing.T) {
	rules := pack(t)
	watching := slices.Clone(rules)
	for i := range watching {
		watching[i].Shadow = true
	}
	v, from := stolen(t, core.NewDetecting(), watching...)
	r := v.test(Options{Rules: rules, Labels: labelled(t, from)})
	lost := v.losses(t)
	all := int64(0)
	for _, n := range lost {
		all += n
	}
	if r.Lost.Amount != money.Amount(all) || all == 0 || r.Asset != "USDT" || r.Keys != 1 || r.Theft.Orders != 80 {
		t.Errorf("lost %v of %d, %d keys, %d orders", r.Lost, all, r.Keys, r.Theft.Orders)
	}
	for i := range r.Rules {
		x, w := &r.Rules[i], v.want(&rules[i], from, lost)
		got := wanted{x.Judged, x.Theft, x.Fired.Fired, x.Caught, x.Keys, int64(x.Prevented.Amount)}
		if got != w || w.fired == 0 {
			t.Errorf("%s: %+v, want %+v", x.Name, got, w)
		}
		if x.Fires.Both != w.fired || x.Fires.Candidate != 0 || x.Fires.Record != 0 {
			t.Errorf("%s: %+v where it fires as it did %d times", x.Name, x.Fires, w.fired)
		}
		share := func(what string, got *float64, n, of uint64, times float64) {
			if of == 0 && got != nil || of != 0 && (got == nil || *got != float64(n)*times/float64(of)) {
				t.Errorf("%s: %s is %v, want %d of %d", x.Name, what, got, n, of)
			}
		}
		share("precision", x.Precision, w.caught, w.fired, 1)
		share("recall", x.Recall, w.caught, w.theft, 1)
		share("rate", x.Rate, w.fired, w.judged, 10_000)
		share("honest", x.Blocked, w.fired-w.caught, w.judged-w.theft, 10_000)
	}
	hosted, slow := &r.Rules[0], &r.Rules[1]
	if hosted.Caught != 80 || *hosted.Recall != 1 || hosted.Prevented != r.Lost || hosted.Honest() == 0 {
		t.Errorf("all that the thief did came from a hosting company: %+v", hosted)
	}
	if slow.Prevented.Amount == 0 || slow.Prevented.Amount >= r.Lost.Amount {
		t.Errorf("what comes of a loss cannot prevent it: %v of %v", slow.Prevented, r.Lost)
	}
	if r.Record.Stopped() != 0 || r.Stopped.Candidate != r.Candidate.Stopped() || r.Stopped.Both != 0 {
		t.Errorf("rules in shadow stopped %+v", r.Record)
	}
	v.together(t, r, rules, from)
}

// together holds what the pack does together against what the live venue said of each rule.
func (v *venue) together(t *testing.T, r *Report, rules []instruction.Rule, from instruction.Time) {
	stopped, caught, keys, hits := uint64(0), uint64(0), map[instruction.Credential]bool{}, map[instruction.Account]uint64{}
	for _, g := range v.given {
		if !slices.ContainsFunc(rules, func(x instruction.Rule) bool {
			return !x.Shadow && x.Response > instruction.RespondAlarm && slices.Contains(v.fired[x.Name], g.seq)
		}) {
			continue
		}
		stopped++
		if g.key == victim && g.at >= from {
			caught++
			continue
		}
		keys[g.key] = true
		hits[v.s.Key(g.key).Account]++
	}
	p := &r.Candidate
	if p.Stopped() != stopped || p.Caught != caught || p.Honest != stopped-caught || p.Keys != 1 || p.HonestKeys != uint64(len(keys)) || p.Held == 0 || p.Denied == 0 {
		t.Errorf("%+v, want %d stopped, %d caught, of %d honest keys", p, stopped, caught, len(keys))
	}
	if len(p.Most) != most {
		t.Fatalf("%d accounts were hit most", len(p.Most))
	}
	for i, h := range p.Most {
		if hits[h.Account] != h.Stopped || i > 0 && h.Stopped > p.Most[i-1].Stopped {
			t.Errorf("account %d was stopped %d times, not %d", h.Account, hits[h.Account], h.Stopped)
		}
	}
}

// TestAsTheLiveJudge: a venue that had a pack in force fires in a backtest of the same pack exactly as it did, and stops the same, with the
// gate's guarantees and without.
func TestAsTheLiveJudge(t *testing.T) {
	for name, s := range map[string]*core.State{"detectors": core.NewDetecting(), "gate": core.New()} {
		t.Run(name, func(t *testing.T) {
			rules := pack(t)
			rules[1].Measures = instruction.Quarantine
			v, from := stolen(t, s, rules...)
			r := v.test(Options{Rules: rules, Labels: labelled(t, from)})
			for i := range r.Rules {
				x := &r.Rules[i]
				if n := uint64(len(v.fired[x.Name])); x.Fired.Fired != n || x.Fires != (Overlap{Both: n}) {
					t.Errorf("%s fires %d times and did %d: %+v", x.Name, x.Fired.Fired, n, x.Fires)
				}
			}
			stopped := uint64(0)
			for _, g := range v.given {
				if g.when == instruction.WhenOrder && g.says == instruction.Deny || slices.Contains(v.fired["again"], g.seq) {
					stopped++
				}
			}
			if r.Stopped != (Overlap{Both: stopped}) || stopped == 0 || !reflect.DeepEqual(r.Candidate, r.Record) {
				t.Errorf("the venue stopped %d: %+v\n%+v\n%+v", stopped, r.Stopped, r.Candidate, r.Record)
			}
			if r.Judged.All() != uint64(len(v.given)) {
				t.Errorf("rules were asked about %d, and in the test about %d", len(v.given), r.Judged.All())
			}
		})
	}
}

// TestOtherRules: rules that were not in force are told apart from those that were.
func TestOtherRules(t *testing.T) {
	rules := pack(t)
	busy := rules[2]
	busy.Shadow = true
	v, _ := stolen(t, core.NewDetecting(), busy, rules[0])
	other := ruleOf(t, "busy", "key.orders_5m >= 3", instruction.WhenOrder, instruction.RespondDeny)
	r := v.test(Options{Rules: []instruction.Rule{other, rules[4]}})
	x := r.Rules[0].Fires
	if x.Candidate != 0 || x.Record == 0 || x.Both == 0 || x.Both+x.Record != uint64(len(v.fired["busy"])) {
		t.Errorf("a stricter condition: %+v of %d", x, len(v.fired["busy"]))
	}
	if r.Rules[1].Fires.Record != 0 || r.Rules[1].Fires.Candidate != r.Rules[1].Fired.Fired || r.Stopped.Candidate == 0 || r.Stopped.Record == 0 {
		t.Errorf("a rule that was not there: %+v, %+v", r.Rules[1], r.Stopped)
	}
	if r.Labels != "none" || r.Rules[0].Recall != nil || *r.Rules[0].Precision != 0 || len(r.Old) != 2 || r.Record.Stopped() != uint64(len(v.fired["hosted"])) {
		t.Errorf("%s, %+v", r.Labels, r.Old)
	}
}

// incident has a decoy used where the victim's key is then: an incident that notes the key.
func (v *venue) incident() {
	v.step(instruction.Principal{Giver: instruction.ByVenue, Addr: addrOf(strange)}, &instruction.Sight{Credential: decoy, Proven: true})
}

// TestIncidents: without labels, a key is a thief's from the first act that an incident notes, until it is taken out of quarantine.
func TestIncidents(t *testing.T) {
	v := newVenue(t, core.NewDetecting(), 7)
	v.day(60)
	v.theft(5) // nobody knows yet
	v.incident()
	v.theft(10)
	v.operator(&instruction.QuarantineKey{Credential: victim})
	v.theft(3)
	v.operator(&instruction.RestoreKey{Credential: victim})
	v.theft(4)
	r := v.test(Options{Rules: pack(t)})
	if r.Labels != "incidents" {
		t.Fatalf("labels are of %s", r.Labels)
	}
	want := uint64(0)
	for _, g := range v.given {
		if v.notedAt(g) {
			want++
		}
	}
	if r.Theft.Orders != want || want == 0 {
		t.Errorf("%d orders of thieves, want %d", r.Theft.Orders, want)
	}
}

// TestRange: asked about from a record on, it says the same of the rest whether it began with a snapshot or with the first record.
func TestRange(t *testing.T) {
	v := newVenue(t, core.NewDetecting(), 8)
	v.day(60)
	v.incident()
	v.theft(5)
	v.flush()
	keep := engine.Snapshots{FS: journal.Disk, Dir: v.dir + "/snapshots"}
	end := v.log.End()
	saved, err := engine.Recover(v.log, end.Seq, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.now += minute
	at := v.now
	v.theft(10)
	v.day(60)
	v.flush()
	from, err := From(v.log, at)
	if err != nil || from != end.Seq+1 {
		t.Fatalf("the first record of a time is %d, want %d: %v", from, end.Seq+1, err)
	}
	if n, err := From(v.log, v.now+1); err != nil || n != v.log.Last()+1 {
		t.Errorf("after all: %d, %v", n, err)
	}
	o := Options{Rules: pack(t), From: from + 20, To: v.log.Last() - 20}
	whole := v.test(o)
	if _, err := keep.Save(context.Background(), saved, end); err != nil {
		t.Fatal(err)
	}
	short := v.test(o)
	if short.Start != end.Seq || whole.Start != 0 || whole.Theft.Orders == 0 {
		t.Errorf("it began with %d, %d", short.Start, whole.Start)
	}
	if short.Start = 0; !reflect.DeepEqual(short, whole) {
		t.Errorf("from a snapshot\n%+v\nfrom the first record\n%+v", short, whole)
	}
	if whole.First != o.From || whole.Last != o.To {
		t.Errorf("records %d to %d", whole.First, whole.Last)
	}
}

// TestTornTail: a journal that a running venue writes to, and one whose last write was torn, are read up to their end and not changed.
func TestTornTail(t *testing.T) {
	v := newVenue(t, core.NewDetecting(), 9)
	v.day(60)
	v.flush()
	before := v.log.Last()
	v.day(10)
	v.flush()
	if err := v.log.Close(); err != nil {
		t.Fatal(err)
	}
	tear(t, v.dir)
	was := contents(t, v.dir)
	log, err := journal.Open(v.dir, journal.Options{FS: journal.ReadOnly{FS: journal.Disk}})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	r, err := Run(context.Background(), log, engine.Snapshots{FS: journal.Disk, Dir: v.dir + "/none"}, Options{Rules: pack(t)})
	if err != nil || r.Last < before || r.Last >= v.seq {
		t.Fatalf("%+v, %v; want up to record %d or later, and not %d", r, err, before, v.seq)
	}
	if !reflect.DeepEqual(was, contents(t, v.dir)) {
		t.Error("the journal was changed")
	}
}

// tear makes the last frame of a journal one that was half written.
func tear(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	end := len(b)
	for b[end-1] == 0 {
		end--
	}
	clear(b[(end-1)/journal.Sector*journal.Sector:])
	if err := os.WriteFile(names[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(b)
	}
	return all
}

// TestNothingToAsk: what cannot be asked about is refused.
func TestNothingToAsk(t *testing.T) {
	v := newVenue(t, core.New(), 10)
	v.flush()
	run := func(o Options) error {
		_, err := Run(context.Background(), v.log, engine.Snapshots{FS: journal.Disk, Dir: v.dir + "/none"}, o)
		return err
	}
	if err := run(Options{Rules: pack(t), From: v.seq + 1}); err == nil || !strings.Contains(err.Error(), "nothing to ask about") {
		t.Errorf("past the end: %v", err)
	}
	if err := run(Options{Rules: append(pack(t), pack(t)...)}); err == nil {
		t.Error("a pack with rules of one name was tried")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, v.log, engine.Snapshots{FS: journal.Disk, Dir: v.dir + "/none"}, Options{Rules: pack(t)})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
