package signer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// Refused is the answer of a signer that will not sign as things stand: asking again is no use before something is changed. Other
// errors say that it could not, and may be able to later.
type Refused struct {
	Reason string // what is wrong and what to do about it
}

func (r *Refused) Error() string { return "the signer refuses: " + r.Reason }

func refuse(format string, args ...any) error { return &Refused{fmt.Sprintf(format, args...)} }

// view shows the record to fn as of a sequence or later.
type view func(ctx context.Context, seq uint64, fn func(*core.State)) error

// Signer signs what its record says, within its caps.
type Signer struct {
	chains map[string]*holder // by the asset's symbol
	view   view

	mu    sync.Mutex
	tally *tally
}

// holder has the keys for an asset's coins.
type holder struct {
	Cap
	keys   *coin.Keys
	hot    string // address of change
	script []byte // of the hot address
}

// New is a signer in the process that asks it. Read shows a state that has every record which Sign is asked about: the Read of an
// engine does. What was signed is remembered as long as the Signer lives; one for real coins is a process of its own.
func New(seed *coin.Seed, caps []Cap, read func(fn func(*core.State)) error) (*Signer, error) {
	view := func(_ context.Context, _ uint64, fn func(*core.State)) error { return read(fn) }
	return with(seed, caps, view, newTally(time.Now, 0))
}

func with(seed *coin.Seed, caps []Cap, v view, t *tally) (*Signer, error) {
	s := &Signer{chains: make(map[string]*holder), view: v, tally: t}
	if len(caps) == 0 {
		return nil, errors.New("a signer without a cap signs nothing: name one for each asset")
	}
	for _, c := range caps {
		if err := c.check(); err != nil {
			return nil, err
		}
		if s.chains[c.Asset] != nil {
			return nil, fmt.Errorf("there are two caps for %s", c.Asset)
		}
		h, err := newHolder(seed, c)
		if err != nil {
			return nil, err
		}
		s.chains[c.Asset] = h
	}
	return s, nil
}

func newHolder(seed *coin.Seed, c Cap) (*holder, error) {
	h := &holder{Cap: c}
	var err error
	if h.keys, err = seed.Account(c.Network); err != nil {
		return nil, err
	}
	h.hot, h.script, err = h.keys.Public().Address(true, 0)
	return h, err
}

// Limits are those of the asset's cap; a *Refused where there is none.
func (s *Signer) Limits(ctx context.Context, asset instruction.Asset) (x Limits, err error) {
	var no error
	err = s.view(ctx, 0, func(st *core.State) {
		var h *holder
		if h, no = s.holder(st, asset); no == nil {
			x = Limits{h.Payout, h.Hour, h.FeeRate}
		}
	})
	return x, errors.Join(err, no)
}

// Sign gives the bytes of a planned spend, and the same ones whenever it is asked. Seq is a record that has the plan; 0 asks for all
// that is there. The error is a *Refused where asking again is no use.
func (s *Signer) Sign(ctx context.Context, asset instruction.Asset, spend instruction.SpendID, seq uint64) ([]byte, instruction.TxID, error) {
	raw, id, mark, err := s.sign(ctx, asset, spend, seq)
	if err == nil {
		err = s.tally.kept(mark)
	}
	if err != nil {
		return nil, instruction.TxID{}, err
	}
	return raw, id, nil
}

// sign signs, and is what the tally has to have kept before anybody gets it.
func (s *Signer) sign(ctx context.Context, asset instruction.Asset, spend instruction.SpendID, seq uint64) (raw []byte, id instruction.TxID, mark uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var t *transaction
	var no error
	err = s.view(ctx, seq, func(st *core.State) { t, no = s.transaction(st, asset, spend) })
	if err == nil {
		err = no
	}
	if err == nil {
		err = t.within()
	}
	if err == nil {
		err = s.tally.admits(t)
	}
	if err != nil {
		return nil, id, 0, err
	}
	raw, id, err = coin.Sign(t.Network, t.keys, t.ins, t.outs)
	if err != nil {
		return nil, id, 0, refuse("spend %d cannot be signed: %v", spend, err)
	}
	if !t.known.IsZero() && t.known != id {
		return nil, id, 0, refuse("spend %d is on record as signed, with the transaction %v; what it says comes to %v", spend, t.known, id)
	}
	mark, err = s.tally.note(t, id, raw)
	return raw, id, mark, err
}
