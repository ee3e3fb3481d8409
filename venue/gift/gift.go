package gift

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
)

// places is how many claims are at the engine at a time; more wait.
const places = 32

// Config is what the page and the API need, all of it but Address.
type Config struct {
	Engine  *engine.Engine
	Archive *archive.Archive
	Pepper  *Pepper
	Log     *slog.Logger
	// Client is the network address that a request comes from, and the fingerprint of its client.
	Client func(*http.Request) (netip.Addr, uint64)
	// Weigh takes a request's weight off what its address may ask in a minute. Where that is too much it gives the status to
	// refuse it with, and after how many seconds to come again; 0 where the request may go on.
	Weigh func(*http.Request) (status int, wait int64)
	// Address says what is wrong with an address on an asset's chain. Nil: only its form is looked at.
	Address func(asset instruction.Asset, address string) error
}

// Server answers whoever brings a gift code. Its methods may be called from any goroutine.
type Server struct {
	cfg    Config
	limits limiter
	inside chan struct{}
}

// New is a server over a running engine.
func New(cfg Config) *Server { return &Server{cfg: cfg, inside: make(chan struct{}, places)} }

// bearer is somebody with what he says is a code.
type bearer struct {
	ctx    context.Context
	addr   netip.Addr
	client uint64
	code   Code
	hash   instruction.CodeHash
}

// bearer reads a code and counts the attempt.
func (s *Server) bearer(r *http.Request, text string) (b bearer, no *refusal) {
	b.ctx = r.Context()
	b.addr, b.client = s.cfg.Client(r)
	if wait := s.limits.try(s.cfg.Engine.Now(), instruction.NetworkOf(b.addr)); wait != 0 {
		return b, tooMany(wait)
	}
	code, err := ParseCode(text)
	if err != nil {
		return b, say(http.StatusBadRequest, "malformed-code", "This is no gift code: "+err.Error()+".")
	}
	b.code, b.hash = code, s.cfg.Pepper.Hash(code)
	return b, nil
}

// missed is the answer to a code that cannot be claimed.
func (s *Server) missed(b *bearer) *refusal {
	no := unknown()
	if wait := s.limits.missed(s.cfg.Engine.Now(), instruction.NetworkOf(b.addr)); wait != 0 {
		no = tooMany(wait)
	}
	no.missed = true
	return no
}

// read shows the durable state.
func (s *Server) read(fn func(*core.State)) *refusal {
	if err := s.cfg.Engine.Read(fn); err != nil {
		return s.silent(err)
	}
	return nil
}

// found is a code that is there, as the state has it.
type found struct {
	asset   instruction.Asset
	amount  money.Amount
	payout  instruction.PayoutID // by which it went to where it is asked for, 0 for none
	live    bool
	chained bool
	why     instruction.Reason // it cannot go there
	verdict instruction.Verdict
}

// check says what a code is worth, to who has it.
func (s *Server) check(b *bearer) (c Checked, no *refusal) {
	there := false
	no = s.read(func(st *core.State) {
		x := st.Code(b.hash)
		if x == nil || x.State != instruction.LiveCode || x.Due <= st.Clock().Waits() {
			return
		}
		there = true
		asset := st.Asset(x.Asset)
		c = Checked{
			Asset: asset.Symbol, Amount: x.Amount.Text(asset.Scale), Fee: money.Amount(0).Text(asset.Scale), Arrives: x.Amount.Text(asset.Scale),
			Expires: text(st.Clock().Wall(x.Due)), Message: b.code.open(x.Asset, x.Amount, x.Message),
		}
		chain := st.Chain(x.Asset)
		if chain == nil {
			c.Why = instruction.NoChain.Sentence()
			return
		}
		fee, why := st.Sendable(x.Asset, x.Amount)
		if c.Network = chain.Terms.Network; why != 0 {
			c.Why = why.Sentence()
			if why == instruction.WithdrawTooSmall {
				c.Why = fmt.Sprintf("It is worth less than the least that is sent out, %s %s.", chain.Terms.MinWithdraw.Text(asset.Scale), asset.Symbol)
			}
			return
		}
		c.Outside, c.Fee, c.Arrives = true, fee.Text(asset.Scale), (x.Amount - fee).Text(asset.Scale)
	})
	if no == nil && !there {
		no = s.missed(b)
	}
	return c, no
}

// claim has what a code is worth sent to an address.
func (s *Server) claim(b *bearer, address string) (Payout, *refusal) {
	p := instruction.Principal{Giver: instruction.ByBearer, Addr: b.addr, Client: b.client}
	in := &instruction.ClaimCode{Hash: b.hash, To: instruction.Destination{Address: address}}
	f, no := s.find(&p, in)
	switch {
	case no != nil:
		return Payout{}, no
	case f.payout != 0:
		return s.payout(b.ctx, f.payout)
	case !f.live:
		return Payout{}, s.missed(b)
	case !f.chained:
		return Payout{}, refuse(http.StatusUnprocessableEntity, "not-outside")
	case !in.To.Sound():
		return Payout{}, because(instruction.MalformedAddress)
	case f.why != 0:
		return Payout{}, because(f.why)
	case f.verdict.Decision != instruction.Allow:
		return Payout{}, because(f.verdict.Reason())
	}
	if s.cfg.Address != nil {
		if err := s.cfg.Address(f.asset, address); err != nil {
			return Payout{}, say(http.StatusUnprocessableEntity, "wrong-address", fmt.Sprintf("Nothing can be sent to this address: %v.", err))
		}
	}
	return s.give(b, &p, in)
}

// find looks a code up where it is asked for to go.
func (s *Server) find(p *instruction.Principal, in *instruction.ClaimCode) (f found, no *refusal) {
	no = s.read(func(st *core.State) {
		x := st.Code(in.Hash)
		if x == nil {
			return
		}
		in.To.Chain = st.Asset(x.Asset).Symbol
		if x.Went(0, &in.To) {
			f.payout = x.Payout
			return
		}
		f.asset, f.amount, f.live = x.Asset, x.Amount, x.State == instruction.LiveCode && x.Due > st.Clock().Waits()
		if f.chained = st.Chain(x.Asset) != nil; !f.live || !f.chained {
			return
		}
		if f.why = st.Unreachable(x.Asset, &in.To); f.why == 0 {
			_, f.why = st.Sendable(x.Asset, x.Amount)
		}
		f.verdict = st.Judge(s.cfg.Engine.Now(), p, in)
	})
	return f, no
}

// give lets the engine decide, and reads the answer off the durable record.
func (s *Server) give(b *bearer, p *instruction.Principal, in *instruction.ClaimCode) (Payout, *refusal) {
	select {
	case s.inside <- struct{}{}:
	case <-b.ctx.Done():
		return Payout{}, s.silent(b.ctx.Err())
	}
	r, err := s.cfg.Engine.Do(p, in)
	<-s.inside
	if err != nil {
		return Payout{}, s.silent(err)
	}
	if r.Verdict.Decision != instruction.Allow {
		return Payout{}, because(r.Verdict.Reason())
	}
	var events instruction.Events
	r.Events(&events)
	for e := events.Next(); e != nil; e = events.Next() {
		switch e := e.(type) {
		case *instruction.Refused: // another claim came first, or it expired
			return Payout{}, because(e.Reason)
		case *instruction.CodeClaimed:
			return s.payout(b.ctx, e.Payout)
		case *instruction.CodeKnown:
			f, no := s.find(p, in)
			if no != nil {
				return Payout{}, no
			}
			return s.payout(b.ctx, f.payout)
		}
	}
	s.cfg.Log.Error("gift codes: a claim came to nothing that is known", "record", r.Seq)
	return Payout{}, refuse(http.StatusInternalServerError, "internal")
}

// catchUp is how long a question about a payout waits for history that lags.
const catchUp = 5 * time.Second

// payout is how a payout stands: what history has of it, or, before it has any, the durable state. One that was over before history had
// heard of it is waited for.
func (s *Server) payout(ctx context.Context, id instruction.PayoutID) (p Payout, no *refusal) {
	p, no = s.look(ctx, id)
	if no == nil || no.status != http.StatusNotFound {
		return p, no
	}
	var last instruction.PayoutID
	if fault := s.read(func(st *core.State) { last = st.LastPayout() }); fault != nil {
		return p, fault
	}
	if id > last {
		return p, no
	}
	late, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	if err := s.cfg.Archive.Wait(late, s.cfg.Engine.Durable()); err != nil {
		return p, s.silent(err)
	}
	return s.look(ctx, id)
}

func (s *Server) look(ctx context.Context, id instruction.PayoutID) (p Payout, no *refusal) {
	row, err := s.cfg.Archive.Payout(ctx, id)
	if err != nil && !errors.Is(err, archive.ErrNotFound) {
		return p, s.silent(err)
	}
	known := err == nil
	no = s.read(func(st *core.State) {
		if live := st.Payout(id); live != nil && !known {
			row = archive.Payout{ID: id, Account: live.Account, Asset: live.Asset, Amount: live.Amount, Fee: live.Fee, To: live.To, State: live.State, Made: live.Made}
			known = true
		}
		if known = known && row.Account == instruction.Fees; known {
			p = s.shown(st, &row)
		}
	})
	if no == nil && !known {
		no = refuse(http.StatusNotFound, "unknown-receipt")
	}
	return p, no
}

func (s *Server) shown(st *core.State, row *archive.Payout) Payout {
	x := st.Asset(row.Asset)
	p := Payout{
		Receipt: s.cfg.Pepper.Receipt(row.ID), State: row.State.String(), Asset: x.Symbol, Amount: row.Amount.Text(x.Scale), Fee: row.Fee.Text(x.Scale),
		Arrives: (row.Amount - row.Fee).Text(x.Scale), Address: row.To.Address, Made: text(row.Made),
	}
	if !row.Tx.IsZero() {
		p.Tx = row.Tx.String()
	}
	if c := st.Chain(row.Asset); c != nil {
		p.Needed = uint64(c.Terms.SettleDepth)
		if tip, _, ok := c.Tip(); ok && row.Height != 0 && tip.Height >= row.Height {
			p.Confirmations = uint64(tip.Height-row.Height) + 1
		}
	}
	return p
}

// text is a time as answers carry it.
func text(t instruction.Time) string {
	b, _ := t.MarshalText()
	return string(b)
}
