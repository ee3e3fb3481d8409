package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/inquest/trace"
	"portcullis/internal/daemon"
	"portcullis/journal"
)

type traceCmd struct {
	Key      uint32 `placeholder:"N" help:"Follow what others gained from this API key."`
	Account  uint32 `placeholder:"N" help:"Follow what others gained from any key of this account."`
	Incident uint32 `placeholder:"N" help:"Follow what others gained from the keys that this incident concerns."`
	Since    string `placeholder:"TIME" help:"Only gains from then on, such as 2026-03-01 or 2026-03-01T12:00:00Z."`
	Depth    int    `default:"6" help:"How many steps from the keys, at most 12."`
	Dot      bool   `xor:"form" help:"Write a graph for Graphviz."`
	SVG      bool   `name:"svg" xor:"form" help:"Write a picture."`
	directoryFlags
}

// Help says what is followed.
func (c *traceCmd) Help() string {
	return "It reads the journal of a data directory and changes nothing; a venue may be running on it. What others gained over the fair price is " +
		"followed, in proportion: a part of a balance that moves takes the same part of what is traced with it. That somebody is named says that " +
		"value passed through his account, not that he knew. With --json: accounts, edges and what is there still, amounts as decimals."
}

// traced is what a trace found, for scripts.
type traced struct {
	Accounts []tracedAccount `json:"accounts"` // by number; depth 0 is whose keys they are
	Edges    []tracedEdge    `json:"edges"`
	Cut      int             `json:"cut"`    // steps that were not followed, for depth or size
	Beyond   []string        `json:"beyond"` // what they carried: amount and asset
}

type tracedAccount struct {
	Account uint32   `json:"account"`
	Ref     string   `json:"ref"`
	Depth   int      `json:"depth"`
	Still   []string `json:"still"` // what is traced there at the end: amount and asset
}

type tracedEdge struct {
	From   uint32    `json:"from"`
	To     uint32    `json:"to,omitempty"`    // an account
	Place  string    `json:"place,omitempty"` // or chain and address outside
	How    trace.How `json:"how"`             // GAINED, MOVED, WITHDRAWN or TURNED
	Amount string    `json:"amount"`
	Asset  string    `json:"asset"`
	Into   string    `json:"into,omitempty"` // of what was turned: amount and asset
	Times  int       `json:"times"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
}

func (c *traceCmd) Run(ctx context.Context, o *output) error {
	since, err := c.check()
	if err != nil {
		return err
	}
	log, err := c.open()
	if err != nil {
		return err
	}
	defer log.Close()
	f := &follower{graph: trace.New(c.Depth), since: since, keys: map[instruction.Credential]bool{instruction.Credential(c.Key): c.Key != 0}, account: instruction.Account(c.Account)}
	if c.Incident != 0 {
		if err := f.concerned(ctx, log, instruction.IncidentID(c.Incident)); err != nil {
			return err
		}
	}
	state, err := f.read(ctx, log, c.Data, o)
	if err != nil {
		return err
	}
	return c.tell(o, state, f.graph.Finish())
}

// check holds what was asked for.
func (c *traceCmd) check() (since instruction.Time, err error) {
	n := 0
	for _, x := range []uint32{c.Key, c.Account, c.Incident} {
		if x != 0 {
			n++
		}
	}
	if n != 1 {
		return 0, fmt.Errorf("%w: name one of --key, --account and --incident", errUsage)
	}
	if c.Depth < 1 || c.Depth > trace.MaxDepth {
		return 0, fmt.Errorf("%w: --depth is 1 to %d", errUsage, trace.MaxDepth)
	}
	if c.Since == "" {
		return 0, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, c.Since); err == nil {
			return instruction.TimeOf(t), nil
		}
	}
	return 0, fmt.Errorf("%w: --since %q is no time: write it as 2026-03-01, or 2026-03-01T12:00:00Z", errUsage, c.Since)
}

func (c *traceCmd) tell(o *output, s *core.State, r trace.Report) error {
	n := names{s}
	switch {
	case c.Dot:
		r.Dot(o.out, n)
	case c.SVG:
		r.SVG(o.out, n)
	default:
		o.show(tracedOf(s, &r), func(w io.Writer) { r.Text(w, n) })
	}
	return nil
}

func tracedOf(s *core.State, r *trace.Report) traced {
	t := traced{Accounts: []tracedAccount{}, Edges: []tracedEdge{}, Cut: r.Cut, Beyond: []string{}}
	n := names{s}
	for _, x := range r.Beyond {
		t.Beyond = append(t.Beyond, n.Amount(x.Amount, x.Asset))
	}
	for _, a := range r.Accounts() {
		x := tracedAccount{Account: uint32(a), Depth: r.Depth(a), Still: []string{}}
		if y := s.Account(a); y != nil {
			x.Ref = y.Ref
		}
		for _, rest := range r.Rests {
			if rest.Account == a {
				x.Still = append(x.Still, n.Amount(rest.Amount, rest.Asset))
			}
		}
		t.Accounts = append(t.Accounts, x)
	}
	for _, e := range r.Edges {
		of := s.Asset(e.Asset)
		x := tracedEdge{
			From: uint32(e.From.Account), To: uint32(e.To.Account), Place: e.To.Place, How: e.How, Amount: e.Amount.Text(of.Scale), Asset: of.Symbol,
			Times: e.Times, First: e.First.Std(), Last: e.Last.Std(),
		}
		if e.How == trace.Turned {
			x.Into = n.Amount(e.Made, e.Into)
		}
		t.Edges = append(t.Edges, x)
	}
	return t
}

// names are what accounts and assets of a state are called.
type names struct{ state *core.State }

func (n names) Account(a instruction.Account) string {
	if x := n.state.Account(a); x != nil && x.Ref != "" {
		return fmt.Sprintf("account %d (%s)", a, x.Ref)
	}
	return fmt.Sprintf("account %d", a)
}

func (n names) Amount(x money.Amount, a instruction.Asset) string {
	of := n.state.Asset(a)
	return x.Text(of.Scale) + " " + of.Symbol
}

// follower tells a graph what the records of a journal say.
type follower struct {
	graph   *trace.Graph
	since   instruction.Time
	keys    map[instruction.Credential]bool
	account instruction.Account
}

// concerned finds the keys that an incident concerns.
func (f *follower) concerned(ctx context.Context, log journal.Log, id instruction.IncidentID) error {
	err := eachRecord(ctx, log, log.First(), func(r *instruction.Record) error {
		var ev instruction.Events
		r.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			if x, ok := e.(*instruction.IncidentNoted); ok && x.ID == id {
				f.keys[x.Credential] = true
			}
		}
		return ev.Err()
	})
	if err == nil && len(f.keys) <= 1 {
		err = fmt.Errorf("no key is on record for an incident %d: portcullis incident list shows the incidents", id)
	}
	return err
}

// read folds the journal, from its first record or its oldest snapshot on.
func (f *follower) read(ctx context.Context, log journal.Log, data string, o *output) (*core.State, error) {
	begun, err := daemon.Snapshots(data).Begin(ctx, log, 0)
	if err != nil {
		return nil, err
	}
	if begun.Seq > 0 {
		o.say("The journal's start was removed: what happened before record %d is not followed.", begun.Seq+1)
	}
	last := log.Last()
	records := progress{o: o, what: "records folded"}
	return begun.State, eachRecord(ctx, log, begun.Seq+1, func(r *instruction.Record) error {
		records.at(int64(r.Seq), int64(last)) // #nosec G115 -- a journal has no 2^63 records
		return begun.State.Fold(r, f)
	})
}

// eachRecord gives out the records from one on that there are now.
func eachRecord(ctx context.Context, log journal.Log, from uint64, yield func(*instruction.Record) error) error {
	if from > log.Last() {
		return nil
	}
	reader, err := log.Reader(from)
	if err != nil {
		return err
	}
	defer reader.Close()
	var r instruction.Record
	for last := log.Last(); ctx.Err() == nil; {
		seq, b, err := reader.Next()
		if errors.Is(err, io.EOF) || err == nil && seq > last {
			return nil
		}
		if err == nil {
			err = r.Decode(seq, b)
		}
		if err == nil {
			err = yield(&r)
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", seq, err)
		}
	}
	return ctx.Err()
}

// After has nothing to tell.
func (f *follower) After(*core.State, *instruction.Record, instruction.Event) {}

// Before tells the graph what an event is about to move.
func (f *follower) Before(s *core.State, r *instruction.Record, e instruction.Event) {
	has := func(a instruction.Account, x instruction.Asset) money.Amount {
		b := s.Balance(a, x)
		return b.Free + b.Held
	}
	switch e := e.(type) {
	case *instruction.Filled:
		f.filled(s, r, e)
	case *instruction.Transferred:
		f.graph.Passed(r.Time, e.From, e.To, e.Asset, e.Amount, has(e.From, e.Asset))
	case *instruction.CodeClaimed:
		f.gift(s, r, e, has)
	case *instruction.PayoutMade:
		if e.Account == instruction.Fees { // of a gift code; whose it was is said next
			return
		}
		place := e.To.Chain + " " + e.To.Address
		f.graph.Leaves(r.Time, e.ID, e.Account, e.Asset, e.Amount, has(e.Account, e.Asset), place)
	case *instruction.PayoutMoved:
		if e.State == instruction.PayoutCancelled {
			f.graph.Returns(e.ID)
		}
	}
}

// gift tells that what an account had issued as a gift code went on: into another account, or outside. It passes as it is claimed, out
// of what the account has and what of it lies in that code.
func (f *follower) gift(s *core.State, r *instruction.Record, e *instruction.CodeClaimed, has func(instruction.Account, instruction.Asset) money.Amount) {
	c := s.CodeNumbered(e.ID)
	if c == nil {
		return
	}
	all := has(c.Account, c.Asset).AddSaturated(c.Amount)
	if p := s.Payout(e.Payout); p != nil {
		f.graph.Leaves(r.Time, p.ID, c.Account, c.Asset, c.Amount, all, p.To.Chain+" "+p.To.Address)
	} else if e.Account != c.Account {
		f.graph.Passed(r.Time, c.Account, e.Account, c.Asset, c.Amount, all)
	}
}

// filled tells both sides of a trade.
func (f *follower) filled(s *core.State, r *instruction.Record, e *instruction.Filled) {
	g, unfair := s.Gain(e)
	begins := unfair && r.Time >= f.since && (f.keys[g.Key] || f.account != 0 && f.account == g.From)
	if begins {
		f.graph.Begin(r.Time, g.From, g.To, g.Asset, g.Amount)
	}
	m := s.Market(e.Market)
	for _, maker := range []bool{false, true} {
		side := trace.Side{Account: e.TakerAccount, Gives: m.Base, Gets: m.Quote, Given: e.Qty, Gotten: e.Quote}
		buys := (e.TakerSide == instruction.Buy) != maker
		if maker {
			side.Account = e.MakerAccount
		}
		if !f.graph.Follows(side.Account) {
			continue
		}
		if buys {
			side.Gives, side.Gets, side.Given, side.Gotten = m.Quote, m.Base, e.Quote, e.Qty
		}
		b := s.Balance(side.Account, side.Gives)
		side.Has = b.Free + b.Held
		if unfair && !begins && g.From == side.Account {
			side.Lost, side.To = g.Amount, g.To
		}
		f.graph.Traded(r.Time, &side)
	}
}
