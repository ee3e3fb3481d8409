package operator

import (
	"context"
	"errors"
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/payout"
)

func (s *Server) listPayouts(_ *caller, in *ListPayouts) (Payouts, *problem) {
	r := Payouts{Payouts: []Payout{}}
	only := instruction.Asset(0)
	if in.Asset != "" {
		id, _, bad := s.asset(in.Asset)
		if bad != nil {
			return r, bad
		}
		only = id
	}
	if in.Account != 0 {
		if bad := s.accountExists(in.Account); bad != nil {
			return r, bad
		}
	}
	bad := s.read(func(st *core.State) {
		add := func(a instruction.Account) {
			for _, p := range st.Payouts(a) {
				if only == 0 || only == p.Asset {
					r.Payouts = append(r.Payouts, payoutOf(st, p))
				}
			}
		}
		if in.Account != 0 {
			add(instruction.Account(in.Account))
			return
		}
		last := uint32(st.Accounts())
		n := in.After
		for ; n < last && n-in.After < lookAt && len(r.Payouts) < MaxPage; n++ {
			add(instruction.Account(n + 1))
		}
		if r.More = n < last; r.More {
			r.Next = n
		}
	})
	return r, bad
}

// payoutOf is a payout that is not over.
func payoutOf(st *core.State, p *payout.Payout) Payout {
	a := st.Asset(p.Asset)
	r := Payout{
		Payout: uint64(p.ID), Account: uint32(p.Account), Key: uint32(p.Credential), Asset: a.Symbol, Amount: p.Amount.Text(a.Scale), Fee: p.Fee.Text(a.Scale),
		Chain: p.To.Chain, Address: p.To.Address, Tag: p.To.Tag, Client: p.Client.String(), State: p.State.String(), Stopping: p.Stopping, Made: text(p.Made),
	}
	if c := st.CodePaid(p.ID); c != nil {
		r.Code = uint64(c.ID)
	}
	ch := st.Chain(p.Asset)
	if ch == nil || p.Spend == 0 {
		return r
	}
	if x := paying(ch, p); x != nil {
		r.Spend, r.Height, r.Confirmations = uint64(x.ID), x.Height, ch.Confirmations(x.Height)
		if x.Signed() {
			r.Tx = x.Tx.String()
		}
	}
	return r
}

// paying is the spend that pays a payout: of its family the one in a block, else the newest that is signed, else the newest.
func paying(ch *chain.Chain, p *payout.Payout) (best *chain.Spend) {
	bound := ch.Spend(p.Spend)
	if bound == nil {
		return nil
	}
	for _, x := range ch.Family(bound.Anchor()) {
		if slices.Contains(x.Payouts, p.ID) && (best == nil || best.Height == 0 && (x.Height != 0 || x.Signed() || !best.Signed())) {
			best = x
		}
	}
	return best
}

// showPayout shows one that is not over from the state, and any other one from history.
func (s *Server) showPayout(_ *caller, in *NamePayout) (PayoutShown, *problem) {
	var r PayoutShown
	var last instruction.PayoutID
	bad := s.read(func(st *core.State) {
		last = st.LastPayout()
		if p := st.Payout(instruction.PayoutID(in.Payout)); p != nil {
			r.Payout = payoutOf(st, p)
		}
	})
	switch {
	case bad != nil, r.Payout.Payout != 0:
		return r, bad
	case in.Payout == 0, in.Payout > uint64(last):
		return r, noPayout(in.Payout)
	case s.cfg.Archive == nil:
		return r, wrong("no-history", "Withdrawal %d is over, and no history is kept here.", in.Payout)
	}
	return s.pastPayout(in.Payout)
}

func noPayout(id uint64) *problem {
	return wrong(instruction.UnknownPayout.String(), "There is no withdrawal %d; portcullis payout list shows those that are not over.", id)
}

// pastPayout is a payout that is over, as history has it.
func (s *Server) pastPayout(id uint64) (r PayoutShown, bad *problem) {
	ctx, cancel := context.WithTimeout(context.Background(), historyWait)
	r.Lags = s.cfg.Archive.Wait(ctx, s.cfg.Engine.Durable()) != nil
	cancel()
	ctx, cancel = context.WithTimeout(context.Background(), historyWait)
	defer cancel()
	p, err := s.cfg.Archive.Payout(ctx, instruction.PayoutID(id))
	switch {
	case errors.Is(err, archive.ErrNotFound):
		return r, wrong("history-lags", "History does not have withdrawal %d yet. Try again.", id)
	case err != nil:
		return r, s.failed(err)
	}
	bad = s.read(func(st *core.State) {
		a := st.Asset(p.Asset)
		r.Payout = Payout{
			Payout: id, Account: uint32(p.Account), Key: uint32(p.Credential), Asset: a.Symbol, Amount: p.Amount.Text(a.Scale), Fee: p.Fee.Text(a.Scale),
			Chain: p.To.Chain, Address: p.To.Address, Tag: p.To.Tag, Client: p.Client, State: p.State.String(), Stopping: p.Stopping, Made: text(p.Made),
			Spend: uint64(p.Spend), Height: p.Height,
		}
		if ch := st.Chain(p.Asset); ch != nil {
			r.Confirmations = ch.Confirmations(p.Height)
		}
	})
	if !p.Tx.IsZero() {
		r.Tx = p.Tx.String()
	}
	if p.State == instruction.PayoutSettled || p.State == instruction.PayoutCancelled {
		r.Ended = text(p.Updated)
	}
	return r, bad
}

func (s *Server) stopPayout(c *caller, in *NamePayout) (PayoutStopped, *problem) {
	var r PayoutStopped
	var bad *problem
	r.Outcome, bad = s.do(c, &instruction.StopPayout{Payout: instruction.PayoutID(in.Payout)}, func(e instruction.Event) {
		switch e := e.(type) {
		case *instruction.PayoutMoved:
			r.State = e.State.String()
		case *instruction.PayoutStopping:
			r.State, r.Stopping = instruction.PayoutSending.String(), true
		}
	})
	if bad == nil {
		return r, nil
	}
	switch bad.outcome.Refusal.Code {
	case instruction.UnknownPayout.String():
		bad.outcome.Refusal.Sentence = noPayout(in.Payout).outcome.Refusal.Sentence
	case instruction.PayoutNotClaimed.String():
		bad.outcome.Refusal.Sentence += " One that waits for its owner or for time is stopped with portcullis no; one that is over, or is being stopped, stays as it is."
	}
	return r, bad
}
