package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// seed gives the seed of a random test: always the same, another at each soak, or the one in PORTCULLIS_SEED to do a run
// again.
func seed(t testing.TB) uint64 {
	n := uint64(20180106)
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		n = uint64(time.Now().UnixNano())
	}
	if s := os.Getenv("PORTCULLIS_SEED"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("PORTCULLIS_SEED=%d", n)
	return n
}

// depth is ci, or at soak that many times more.
func depth(ci, soak int) int {
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		return ci * soak
	}
	return ci
}

// alone skips a test of one goroutine under the race detector.
func alone(t *testing.T) {
	if raced {
		t.Skip("one goroutine: the race detector has nothing to find")
	}
}

// TestLaws gives a core random attempts, sound and hostile ones of every kind, and holds the laws after each record.
//
// Now and then the core goes on from a snapshot of itself, while its twin folds on from the first record.
//
// It was seen red with each of these breaks in the core:
//   - law 1: ledger.Pay gives the receiver the fee too (n in place of n-fee); and the same with the totals bent to fit, which
//     only the accounts kept here show.
//   - law 2: core.Step applies without asking for the verdict; gate.Judge gives a verdict with no reason.
//   - law 4: core.placeOrder uses up an order number where it refuses, outside the fold; core.confirmClock sets the clock
//     going without an event; State.Fields leaves the frozen time out.
//   - law 5: core.Step takes the time as it comes; passTime lets any jump pass.
//   - the gate's memory: Remember adds nothing; a time before 1970 is not refused. A signed request is then taken up twice.
//   - matching: a market order by quote quantity goes on behind an order that it takes in part (a broken state).
//   - writing down: a Codec writes an enumeration's unknown number.
//
// Law 6 is TestOutcomes.
func TestLaws(t *testing.T) {
	alone(t)
	first := seed(t)
	for run := range uint64(depth(1, 50)) {
		random(t, first+run)
	}
}

// attempts is how many are made in one venue.
const attempts = 200_000

func random(t *testing.T, seed uint64) {
	l := newLaws(t)
	r := NewRandom(seed, begin)
	for i := 1; i <= attempts; i++ {
		l.try(r.Next(l.state))
		if i%1000 == 0 || i%5000 < 10 { // just after going on from a snapshot, too
			l.same()
		}
		if i%5000 == 0 {
			l.all()
		}
		if t.Failed() {
			t.Fatalf("seed %d, attempt %d, record %d", seed, i, l.seq)
		}
	}
	l.all()
	l.covered()
}

// laws is a core under test, with what the laws say beside it.
type laws struct {
	t     *testing.T
	state *core.State
	twin  *core.State // folds every record
	seq   uint64
	rec   instruction.Record
	buf   []byte

	books  accounts
	taken  map[instruction.Digest]instruction.Principal // signed requests that were let through
	kinds  map[string]int                               // records by kind of instruction and how they ended
	events map[instruction.EventKind]int
	why    map[instruction.Reason]int // of denials and refusals
	unfit  int                        // attempts that cannot be written down
}

func newLaws(t *testing.T) *laws {
	return &laws{
		t: t, state: core.New(), twin: core.New(), books: newAccounts(), taken: map[instruction.Digest]instruction.Principal{},
		kinds: map[string]int{}, events: map[instruction.EventKind]int{}, why: map[instruction.Reason]int{},
	}
}

// try has one attempt made, and holds the laws that are cheap enough for each record.
func (l *laws) try(a Attempt) {
	before := l.state.Clock()
	fits := writable(&a)
	var hash [32]byte
	if !fits && l.unfit%20 == 0 {
		hash = l.state.Hash()
	}
	b, err := l.state.Step(a.Now, &a.By, a.In, l.buf[:0])
	switch {
	case errors.Is(err, core.ErrBroken):
		l.t.Fatalf("%T: %v", a.In, err)
	case (err == nil) != fits:
		l.t.Fatalf("%T, fit to be written: %v, ended with %v", a.In, fits, err)
	case err != nil:
		if len(b) != 0 || l.state.Clock() != before || l.unfit%20 == 0 && l.state.Hash() != hash {
			l.t.Fatalf("%T cannot be written down, and yet something happened: %v", a.In, err)
		}
		l.unfit++
		return
	}
	l.buf = b
	l.seq++
	if err := l.rec.Decode(l.seq, b); err != nil {
		l.t.Fatalf("%T gave a record that cannot be read: %v", a.In, err)
	}
	l.time(&a, before)
	l.verdict(&a)
	l.money()
	if err := l.twin.Fold(&l.rec, nil); err != nil {
		l.t.Fatalf("folding %T: %v", a.In, err)
	}
}

// writable says whether an attempt can be written down, by writing it and reading it back.
func writable(a *Attempt) bool {
	c := instruction.Writer(nil)
	instruction.AppendHead(&c, a.Now, &a.By, a.In)
	verdict := instruction.Say(instruction.Deny, instruction.RequestSeen, 0)
	verdict.Fields(&c)
	if c.Err() != nil {
		return false
	}
	var r instruction.Record
	if r.Decode(1, c.Bytes()) != nil {
		return false
	}
	_, err := r.Instruction()
	return err == nil
}

// time is law 5: time is the greatest that was shown, and a jump that is too far freezes waits until confirmed.
func (l *laws) time(a *Attempt, before core.Clock) {
	now := l.state.Clock()
	if want := max(before.Now, a.Now); l.rec.Time != want || now.Now != want {
		l.t.Fatalf("at %v the clock shows %v: the record says %v, the state %v", before.Now, a.Now, l.rec.Time, now.Now)
	}
	jumped := before.Now != 0 && now.Now-before.Now > 2*instruction.Second
	confirmed := false
	var ev instruction.Events
	l.rec.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		_, is := e.(*instruction.ClockConfirmed)
		confirmed = confirmed || is
	}
	want := before.Frozen
	switch {
	case confirmed:
		want = 0
	case want == 0 && jumped:
		want = before.Now
	}
	if now.Frozen != want {
		l.t.Fatalf("from %v to %v: waits stand at %v, want %v", before, now.Now, now.Frozen, want)
	}
	if !confirmed && now.Waits() < before.Waits() {
		l.t.Fatalf("waits went back from %v to %v", before.Waits(), now.Waits())
	}
}

// verdict is law 2: each record has a verdict with reasons; without one that allows, nothing happens; and what a signed
// request asked for happens once.
func (l *laws) verdict(a *Attempt) {
	v := &l.rec.Verdict
	ended := v.Decision.String()
	if len(v.Findings()) == 0 {
		l.t.Fatalf("%T: a verdict without a reason", a.In)
	}
	for _, f := range v.Findings() {
		if f.Reason.Sentence() == "" {
			l.t.Fatalf("%T: the reason %v says nothing", a.In, f.Reason)
		}
	}
	var ev instruction.Events
	l.rec.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		l.events[e.EventKind()]++
		switch e := e.(type) {
		case *instruction.ClockFroze: // time passes whatever the verdict
			continue
		case *instruction.Refused:
			ended = "REFUSED"
			l.why[e.Reason]++
			if e.Reason.Sentence() == "" {
				l.t.Fatalf("%T: the refusal %v says nothing", a.In, e.Reason)
			}
		}
		if v.Decision != instruction.Allow && !(watched(e) && a.By.Giver == instruction.ByCredential) {
			l.t.Fatalf("%T was not allowed (%v), and yet %T happened", a.In, v.Reason(), e)
		}
	}
	if err := ev.Err(); err != nil {
		l.t.Fatalf("%T: an event that cannot be read: %v", a.In, err)
	}
	l.kinds[fmt.Sprintf("%T %s", a.In, ended)]++
	if v.Decision != instruction.Allow {
		l.why[v.Reason()]++
	}
	if v.Decision != instruction.Allow || a.By.Giver != instruction.ByCredential || a.By.Request.IsZero() {
		return
	}
	if first, ok := l.taken[a.By.Request]; ok {
		l.t.Fatalf("a request was taken up again at %d: %+v; before: %+v", l.rec.Time, a.By, first)
	}
	l.taken[a.By.Request] = a.By
}

// watched says whether an event is of the watch over who uses keys where, over budgets and over proceeds, which goes on whatever the verdict is.
func watched(e instruction.Event) bool {
	switch e.(type) {
	case *instruction.Alarmed, *instruction.IncidentOpened, *instruction.IncidentNoted, *instruction.KeyQuarantined, *instruction.BudgetSpent, *instruction.ProceedsHeld:
		return true
	}
	return false
}

// money holds law 1 against accounts that are kept here by the events alone, and no balance below zero.
func (l *laws) money() {
	for _, o := range l.books.record(l.t, &l.rec) {
		want := l.books.balance[o]
		if got := l.state.Balance(o.account, o.asset); got.Free != want.free || got.Held != want.held || got.Free < 0 || got.Held < 0 {
			l.t.Fatalf("account %d has %d free and %d held of asset %d, by the events %d and %d", o.account, got.Free, got.Held, o.asset, want.free, want.held)
		}
	}
}

// same is law 4: the fold of the records is the state, to the byte.
func (l *laws) same() {
	if l.state.Hash() != l.twin.Hash() || l.state.Clock() != l.twin.Clock() {
		l.t.Fatalf("after record %d the fold of the records is another state", l.seq)
	}
}

// all holds what is not cheap: everything that the core itself checks, the sums of law 1, and that a snapshot is the state.
func (l *laws) all() {
	l.same()
	if err := l.state.Check(); err != nil {
		l.t.Fatal(err)
	}
	sums := map[instruction.Asset]money.Amount{}
	for o, b := range l.books.balance {
		sums[o.asset] += b.free + b.held
	}
	for x := range l.state.Assets() {
		in, out := l.state.Came(x)
		if in != l.books.came[x] || out != l.books.out[x] || sums[x] != in-out {
			l.t.Fatalf("of asset %d %d came in and %d went out, by the events %d and %d; accounts have %d", x, in, out, l.books.came[x], l.books.out[x], sums[x])
		}
	}
	w := instruction.Writer(nil)
	l.state.Fields(&w)
	r := instruction.Reader(w.Bytes())
	copied := core.New()
	copied.Fields(&r)
	if err := r.End(); err != nil {
		l.t.Fatalf("a snapshot cannot be read: %v", err)
	}
	again := instruction.Writer(nil)
	copied.Fields(&again)
	if !bytes.Equal(w.Bytes(), again.Bytes()) {
		l.t.Fatal("a snapshot of a snapshot is another state")
	}
	l.state = copied // it must go on just as well
}

// covered: every kind of instruction ended in every way that it can, and every kind of event happened.
func (l *laws) covered() {
	l.t.Logf("%d records, %d attempts that cannot be written down, %v, %v, %v", l.seq, l.unfit, l.kinds, l.events, l.why)
	for _, in := range []string{"Tick", "ConfirmClock", "AddAsset", "AddMarket", "SetMarket", "OpenAccount", "Credit", "CreateKey",
		"RevokeKey", "PlaceOrder", "CancelOrder", "CancelAll", "ReplaceOrder", "SetFees", "SetTier", "Transfer", "Drop", "Raise",
		"PlaceList", "CancelList", "AmendOrder", "SetTerms", "ResealKey", "ChangeMandate", "RenewKey",
		"Sight", "QuarantineKey", "RestoreKey", "LockAccount", "UnlockAccount", "CloseIncident",
		"SetValuation", "SetRoute", "SetMarks", "Refer", "SetBudget", "ConfirmBudget", "NameMarket", "SetCohorts", "ShutCohort",
		"HoldProceeds", "ReleaseProceeds", "IssueCodes", "ClaimCode", "ReturnCode", "Settle", "StopPayout",
		"SetChain", "IssueAddress", "Advance", "Rewind", "PlanSpend", "SignSpend", "SeeSpends"} {
		for _, ended := range []string{"ALLOW", "DENY", "REFUSED"} {
			if n := l.kinds["*instruction."+in+" "+ended]; n == 0 && !(in == "Tick" && ended == "REFUSED") {
				l.t.Errorf("no %s ended with %s", in, ended)
			}
		}
	}
	for _, k := range []instruction.EventKind{instruction.KindClockFroze, instruction.KindClockConfirmed, instruction.KindAssetAdded,
		instruction.KindMarketAdded, instruction.KindMarketSet, instruction.KindAccountOpened, instruction.KindCameIn,
		instruction.KindKeyCreated, instruction.KindKeyRevoked, instruction.KindOrderPlaced, instruction.KindFilled,
		instruction.KindOrderClosed, instruction.KindRefused, instruction.KindFeesSet, instruction.KindTierSet,
		instruction.KindTransferred, instruction.KindTransferKnown, instruction.KindDropped, instruction.KindRaised, instruction.KindCohortsSet, instruction.KindCohortShut, instruction.KindSwept,
		instruction.KindListPlaced, instruction.KindListClosed, instruction.KindOrderStarted, instruction.KindTradePrevented,
		instruction.KindOrderAmended, instruction.KindStartRefused, instruction.KindTermsSet, instruction.KindKeyResealed,
		instruction.KindMandateSet, instruction.KindKeyRenewed, instruction.KindKeyAging, instruction.KindMatterOpened, instruction.KindMatterClosed,
		instruction.KindSighted, instruction.KindAlarmed, instruction.KindIncidentOpened, instruction.KindIncidentNoted, instruction.KindIncidentClosed,
		instruction.KindKeyQuarantined, instruction.KindKeyRestored, instruction.KindKeySwept, instruction.KindAccountLocked, instruction.KindAccountUnlocked,
		instruction.KindValuationSet, instruction.KindRouteSet, instruction.KindMarksSet, instruction.KindReferred, instruction.KindBandBroken,
		instruction.KindBudgetSet, instruction.KindBudgetConfirmed, instruction.KindMarketNamed, instruction.KindCharged,
		instruction.KindBudgetSpent, instruction.KindBudgetSwept,
		instruction.KindCodesIssued, instruction.KindCodeClaimed, instruction.KindCodeKnown, instruction.KindCodeReturned, instruction.KindPayoutMade, instruction.KindPayoutMoved,
		instruction.KindChainSet, instruction.KindAddressIssued, instruction.KindBlockAdded, instruction.KindRewound, instruction.KindDepositCredited, instruction.KindDepositUndone,
		instruction.KindSpendPlanned, instruction.KindSpendSigned, instruction.KindSpendSeen, instruction.KindSpendSettled, instruction.KindSpendDied,
		instruction.KindShortageProven, instruction.KindPayoutStopping,
		instruction.KindProceedsHeld, instruction.KindProceedsReleased} { // capped orders are too rare to be asked for
		if l.events[k] == 0 {
			l.t.Errorf("no event of kind %d happened", k)
		}
	}
	for _, why := range []instruction.Reason{instruction.TradingDropped, instruction.KeysDropped, instruction.AccountNotYours,
		instruction.FeesNotCovered, instruction.TransferNameTaken,
		instruction.OrderOverCap, instruction.DayOverCap, instruction.QuoteNotCapped, instruction.AgedKey, instruction.MandateSame, instruction.MandateDisjoint,
		instruction.UnknownCode, instruction.CodeOver, instruction.CodeTaken, instruction.CodeExpiry,
		instruction.SuspectNetwork, instruction.QuarantinedKey, instruction.LockedAccount} {
		if l.why[why] == 0 {
			l.t.Errorf("nothing was refused for %v", why)
		}
	}
	if c := l.books.counted; c.onTop == 0 || c.rebates == 0 || c.known == 0 {
		l.t.Errorf("no fee of some kind: %+v", c)
	}
	if l.books.moored.again == 0 || len(l.books.moored.settled) == 0 {
		l.t.Errorf("%d payouts were owed again, %d settled by a chain", l.books.moored.again, len(l.books.moored.settled))
	}
	if l.unfit == 0 {
		l.t.Error("no attempt was unfit to be written down")
	}
}
