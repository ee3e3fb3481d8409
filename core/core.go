// Package core is the deterministic heart of the venue: one State, and the one pipeline by which anything in it ever
// changes. This file is that pipeline; the others fill in its steps.
//
//	Step:  instruction → Judge → verdict → Apply → events, each folded at once → record
//	Fold:  record → events, folded
//
// The live venue calls Step, and keeps the record. Recovery and followers call Fold on records that were kept; they never
// judge again. Both change the state by the same fold of the same events, so the same journal gives the same state, to
// the byte (Hash).
//
// The core has no clock, no randomness, no I/O, no goroutine, no float, and iterates over no map. Time comes in with the
// instruction. One goroutine uses a State at a time.
package core

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"portcullis/core/budget"
	"portcullis/core/chain"
	"portcullis/core/credential"
	"portcullis/core/feature"
	"portcullis/core/gate"
	"portcullis/core/incident"
	"portcullis/core/instruction"
	"portcullis/core/ledger"
	"portcullis/core/money"
	"portcullis/core/owner"
	"portcullis/core/payout"
	"portcullis/core/proceeds"
	"portcullis/core/rule"
)

// ErrBroken means that a law of the state does not hold, or that a record does not fit it. The state must not be used any
// further, and nothing that came after the last good record may be acknowledged.
var ErrBroken = errors.New("core: the state is broken")

// State is everything the venue knows. Nothing in it changes but by Step and Fold.
type State struct {
	clock     Clock
	assets    []Asset   // by id; [0] is not used
	markets   []*Market // by id; [0] is not used
	accounts  []Account // by id; [0] is not used
	traits    []trait   // of accounts, by id; derived
	symbols   map[string]instruction.Market
	names     map[string]instruction.Asset
	refs      map[string]instruction.Account // accounts by reference, the first of each
	subs      map[instruction.Account][]instruction.Account
	keys      *credential.Keys
	ledger    *ledger.Ledger
	gate      *gate.Gate
	lastOrder instruction.Order
	lastList  instruction.List
	transfers transfers
	owner     *owner.Owner
	payouts   *payout.Payouts
	chains    []*chain.Chain // by asset; nil where it moves on none
	codes     *payout.Codes
	watch     *incident.Watch
	cohorts   cohorts
	valuation instruction.Asset // in which worth is counted; 0 while nobody said
	budgets   *budget.Budgets
	features  *feature.Features
	rules     rule.Rules
	overspent []instruction.BudgetSwept // accounts whose orders are looked at that their budgets no longer bear, and how far each is
	proceeds  *proceeds.Proceeds
	sweeps    []instruction.KeySwept // keys in quarantine or deleted whose orders are not all cancelled, and how far each is

	out       instruction.Codec // the record under way
	event     scratch
	read      instruction.Events
	err       error                  // first event that could not be folded
	list      instruction.ListPlaced // the list that was placed last
	fills     int                    // in the record under way
	looks     int                    // at orders of the book, by those that started in it
	step      uint64                 // this record's number since the start; nothing persisted depends on it
	at        instruction.Time       // of the record that is judged, before the clock has it
	touched   []*Market
	unmarked  bool                   // the record that is folded is of a layout before marks: they learn nothing of it, as they could not from a snapshot
	untaught  bool                   // likewise, before detectors: they learn nothing of it
	giver     *instruction.Principal // of the record under way
	asked     Values                 // what rules are told of it
	shallow   money.Amount           // the least depth of a liquid market; derived from them
	parties   [4]party               // as bound hands them out in turn
	nextParty uint8
	risks     [instruction.MaxLegs]money.Amount // of the orders that the gate judged last
	charged   [2]instruction.Charged            // of the match under way: the taker's, the maker's
	cut       bool                              // the taker of the match under way is not borne whole
	follows   []cappedOrder                     // scratch of follow
	fired     []firing                          // rules that hold for the instruction that is judged
	behind    bool                              // a later record has to go on with what one had no room for, as far as Step knows
}

// scratch holds the frequent events while they are emitted, so that none is allocated.
type scratch struct {
	placed instruction.OrderPlaced
	filled instruction.Filled
	closed instruction.OrderClosed
	refuse instruction.Refused
}

// New is the state before the first record: nothing but the venue's own account for fees.
func New() *State {
	s := &State{
		assets:   make([]Asset, 1),
		markets:  make([]*Market, 1),
		accounts: make([]Account, 2),
		symbols:  make(map[string]instruction.Market),
		names:    make(map[string]instruction.Asset),
		refs:     make(map[string]instruction.Account),
		subs:     make(map[instruction.Account][]instruction.Account),
		keys:     credential.New(),
		ledger:   ledger.New(),
		owner:    owner.New(),
		payouts:  payout.New(),
		codes:    payout.NewCodes(),
		watch:    incident.New(),
		budgets:  budget.New(),
		proceeds: proceeds.New(),
		features: feature.New(),
	}
	s.transfers.init()
	s.accounts[instruction.Fees] = Account{Ref: "fees"}
	s.listAccount(instruction.Fees)
	s.gate = gate.New(view{s: s})
	return s
}

// NewUngated is New behind a gate that stands open: it asks whether a key lives and has the right, as venues of 2018 did, and
// nothing else. It is for replays and measurements, which hold the gate against it; no venue runs one. What is read from its
// persisted form is a state with a gate.
func NewUngated() *State {
	s := New()
	s.gate = gate.NewOff(view{s: s})
	return s
}

// NewDetecting is NewUngated with detectors behind the gate, and with what they and people shut. It is for the same uses.
func NewDetecting() *State {
	s := New()
	s.gate = gate.NewDetectors(view{s: s})
	return s
}

// Step judges an instruction and carries it out, and appends the record of it to buf. A refusal is a record like any
// other; an error means that the instruction cannot be written down and nothing happened, or, as ErrBroken, that the
// state must not be used any further.
func (s *State) Step(now instruction.Time, p *instruction.Principal, in instruction.Instruction, buf []byte) ([]byte, error) {
	now = max(now, s.clock.Now) // time never goes back
	s.out = instruction.Writer(buf)
	instruction.AppendHead(&s.out, now, p, in)
	if err := s.out.Err(); err != nil {
		return buf, err
	}
	s.step++
	s.at, s.fired = now, s.fired[:0]
	v := s.gate.Judge(s.gateTime(now), p, in)
	v.Fields(&s.out)

	before := s.clock
	s.foldHead(now, p, in.Kind(), &v, true)
	s.countAsked(p, in.Kind(), &v)
	s.passTime(before)
	s.fills, s.looks = 0, 0
	s.heed(p, &v)
	s.obey(p, in)
	s.catchOf(p, in)
	if v.Decision == instruction.Deny {
		s.denied(p, in, &v)
	} else {
		s.Apply(p, in, &v)
		s.catchOf(p, in)
	}
	s.bands()
	s.remark()
	return s.out.Bytes(), s.check()
}

// Judge is the verdict on the instruction as things stand. It only reads: many may ask at once.
func (s *State) Judge(now instruction.Time, p *instruction.Principal, in instruction.Instruction) instruction.Verdict {
	return s.gate.Before(view{s, true}).Judge(s.gateTime(now), p, in)
}

// Apply carries out what was not denied, by emitting events. What is challenged or held is only taken up; the gate says so of
// nothing but withdrawals.
func (s *State) Apply(p *instruction.Principal, in instruction.Instruction, v *instruction.Verdict) {
	switch i := in.(type) {
	case *instruction.Tick: // time passes, and what goes on by slices goes on
		s.sweep()
		s.startAll()
		s.mature()
		s.age()
		s.cool()
		s.settleChains()
		s.sweepBudgets()
		s.follow()
		s.lapse()
		s.tendProceeds()
		s.tendCodes()
	case *instruction.ConfirmClock:
		s.confirmClock()
	case *instruction.AddAsset:
		s.addAsset(i)
	case *instruction.AddMarket:
		s.addMarket(i)
	case *instruction.SetMarket:
		s.setMarket(i)
	case *instruction.SetFees:
		s.setFees(i)
	case *instruction.SetValuation:
		s.setValuation(i)
	case *instruction.SetRoute:
		s.setRoute(i)
	case *instruction.SetMarks:
		s.setMarks(i)
	case *instruction.Refer:
		s.refer(i)
	case *instruction.SetBudget:
		s.setBudget(p, i)
	case *instruction.ConfirmBudget:
		s.confirmBudget(i)
	case *instruction.NameMarket:
		s.nameMarket(i)
	case *instruction.OpenAccount:
		s.openAccount(i)
	case *instruction.SetTier:
		s.setTier(i)
	case *instruction.Transfer:
		s.transfer(i)
	case *instruction.Drop:
		s.drop(i)
	case *instruction.Raise:
		s.raise(i)
	case *instruction.Credit:
		s.credit(i)
	case *instruction.CreateKey:
		s.createKey(p, i)
	case *instruction.RevokeKey:
		s.revokeKey(p, i)
	case *instruction.ChangeMandate:
		s.changeMandate(p, i)
	case *instruction.RenewKey:
		s.renewKey(p, i)
	case *instruction.ResealKey:
		s.resealKey(i)
	case *instruction.PlaceOrder:
		s.placeOrder(p, i, instruction.Whole)
	case *instruction.CancelOrder:
		s.cancelOrder(p, i, instruction.Whole)
	case *instruction.CancelAll:
		s.cancelAll(p, i)
	case *instruction.ReplaceOrder:
		s.replaceOrder(p, i)
	case *instruction.PlaceList:
		s.placeList(p, i)
	case *instruction.CancelList:
		s.cancelList(p, i)
	case *instruction.AmendOrder:
		s.amendOrder(p, i)
	case *instruction.SetTerms:
		s.setTerms(i)
	case *instruction.QuarantineKey:
		s.quarantineKey(p, i)
	case *instruction.RestoreKey:
		s.restoreKey(p, i)
	case *instruction.LockAccount:
		s.lockAccount(i)
	case *instruction.UnlockAccount:
		s.unlockAccount(i)
	case *instruction.Sight:
		s.sight(p, i)
	case *instruction.HoldProceeds:
		s.hold(i)
	case *instruction.ReleaseProceeds:
		s.releaseProceeds(i)
	case *instruction.AppealProceeds:
		s.appeal(i)
	case *instruction.CloseIncident:
		s.closeIncident(i)
	case *instruction.SetWait:
		s.setWait(p, i)
	case *instruction.Answer:
		s.answer(p, i)
	case *instruction.Withdraw:
		s.withdraw(p, i, v)
	case *instruction.Settle:
		s.settle(i)
	case *instruction.StopPayout:
		s.stopPayout(i)
	case *instruction.SetChain:
		s.setChain(i)
	case *instruction.IssueAddress:
		s.issueAddress(i)
	case *instruction.Advance:
		s.advance(i)
	case *instruction.Rewind:
		s.rewind(i)
	case *instruction.PlanSpend:
		s.planSpend(i)
	case *instruction.SignSpend:
		s.signSpend(i)
	case *instruction.SeeSpends:
		s.seeSpends(i)
	case *instruction.IssueCodes:
		s.issueCodes(p, i)
	case *instruction.ClaimCode:
		s.claimCode(p, i)
	case *instruction.ReturnCode:
		s.returnCode(i)
	case *instruction.AddAddress:
		s.addAddress(p, i)
	case *instruction.RemoveAddress:
		s.removeAddress(i)
	case *instruction.SetRules:
		s.setRules(p, i)
	case *instruction.AnswerRules:
		s.answerRules(p, i)
	case *instruction.SetCohorts:
		s.setCohorts(i)
	case *instruction.ShutCohort:
		s.shutCohort(p, i)
	case *instruction.SnoozeRule:
		s.snoozeRule(p, i)
	}
}

// gateTime is the time by which the gate judges what comes now.
func (s *State) gateTime(now instruction.Time) gate.Now {
	return gate.Now{Wall: now, Waits: s.clock.at(now).Waits()}
}

// emit folds an event into the state and writes it down.
func (s *State) emit(e instruction.Event) {
	s.fold(e)
	instruction.AppendEvent(&s.out, e)
}

// Fold changes the state by a record that was written before. Observe, where it is not nil, sees each event before and
// after it is folded.
func (s *State) Fold(r *instruction.Record, o Observer) error {
	s.untaught = !r.Since(4)
	s.foldHead(r.Time, &r.Principal, r.Kind(), &r.Verdict, r.Since(3))
	if r.Since(4) {
		s.countAsked(&r.Principal, r.Kind(), &r.Verdict)
	}
	s.unmarked = !r.Since(3)
	r.Events(&s.read)
	for e := s.read.Next(); e != nil; e = s.read.Next() {
		if o != nil {
			o.Before(s, r, e)
		}
		s.fold(e)
		if o != nil {
			o.After(s, r, e)
		}
	}
	if err := s.read.Err(); err != nil {
		return fmt.Errorf("%w: record %d: %w", ErrBroken, r.Seq, err)
	}
	s.remark()
	s.unmarked, s.untaught = false, false
	return s.check()
}

// Observer watches a fold: a follower's streams and archive are fed by one. It must change nothing and keep no event.
type Observer interface {
	Before(*State, *instruction.Record, instruction.Event)
	After(*State, *instruction.Record, instruction.Event)
}

// check holds the laws that are cheap enough for every record.
func (s *State) check() error {
	if s.err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, s.err)
	}
	if x := s.ledger.Imbalance(); x != 0 {
		return fmt.Errorf("%w: money of asset %d is not conserved", ErrBroken, x)
	}
	return nil
}

// Check holds every law of the state, at the cost of looking at all of it.
func (s *State) Check() error {
	if err := s.check(); err != nil {
		return err
	}
	if err := s.ledger.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if err := s.checkPayouts(); err != nil {
		return err
	}
	if err := s.checkChains(); err != nil {
		return err
	}
	if err := s.checkCodes(); err != nil {
		return err
	}
	if err := s.checkAskers(); err != nil {
		return err
	}
	if err := s.proceeds.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if err := s.checkHeld(); err != nil {
		return err
	}
	if err := s.checkBudgets(); err != nil {
		return err
	}
	return s.checkCaps()
}

// Hash identifies the state: two states with the same hash are the same, to the byte.
func (s *State) Hash() [32]byte {
	h := sha256.New()
	c := instruction.FlowWriter(func(b []byte) error {
		h.Write(b)
		return nil
	})
	s.Fields(&c)
	h.Write(c.Bytes())
	return [32]byte(h.Sum(nil))
}
