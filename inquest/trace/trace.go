// Package trace follows what others gained from stolen keys on its way within a venue: who gained it, what he made of it, to
// which accounts it was moved, who gained it of him in turn, and what was asked to leave.
//
// # What is followed
//
// A gain begins it: what a fill with a key that is traced brought the other side over the fair price (core.State.Gain). From
// then on that much of the gainer's balance is traced, and shares are proportionate: whatever moves a part of a balance moves
// the same part of what is traced in it, rounded down. A trade at a fair price turns what is traced of what is given into the
// same part of what is received; the other side of it gained nothing, and is not followed. A trade that is not fair carries the
// gain's part on to who gained. A transfer carries its part to the other account, and a withdrawal out; a withdrawal that is
// cancelled brings it back. What was there before the gain is not traced, whoever's it is.
//
// It owns the graph under construction, and its bounds: MaxDepth steps from the keys, MaxAccounts accounts. What would go
// beyond is followed no further, and told as a sum (Report.Beyond). It refuses nothing and decides nothing: that somebody is in the graph says
// that value passed through his hands, not that he knew. It is pure; whoever folds the records feeds it. One goroutine uses a
// Graph at a time.
package trace

import (
	"maps"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	// MaxDepth is how many steps from the keys are followed.
	MaxDepth = 12
	// MaxAccounts is how many accounts a graph has.
	MaxAccounts = 2000
	// maxOut is how many places out of the venue a graph has.
	maxOut = 1000
)

// How value went on.
type How string

const (
	Gained    How = "GAINED"    // by a trade at a price that was not fair
	Moved     How = "MOVED"     // by a transfer between a customer's accounts
	Withdrawn How = "WITHDRAWN" // to an address outside
	Turned    How = "TURNED"    // into another asset, by a fair trade
)

// Node is an account, or a place outside the venue.
type Node struct {
	Account instruction.Account // 0 for a place outside
	Place   string              // of one: chain and address
}

// Edge is what went one way, summed up.
type Edge struct {
	From, To    Node
	How         How
	Asset       instruction.Asset
	Amount      money.Amount // saturated at money.MaxAmount
	Times       int
	First, Last instruction.Time // of the records
	Into        instruction.Asset
	Made        money.Amount // of Into, where it was turned
}

type edgeKey struct {
	from, to    Node
	how         How
	asset, into instruction.Asset
}

type balance struct {
	account instruction.Account
	asset   instruction.Asset
}

type payout struct {
	balance
	amount money.Amount
	place  string
	at     instruction.Time
}

// Graph is what was followed so far. See New.
type Graph struct {
	depth   int
	depths  map[instruction.Account]int // 0: where the keys are
	traced  map[balance]money.Amount
	edges   map[edgeKey]*Edge
	payouts map[instruction.PayoutID]payout
	places  map[string]bool
	cut     int
	beyond  map[instruction.Asset]money.Amount // what went further than the bounds
}

// New is an empty graph that follows so many steps, at most MaxDepth.
func New(depth int) *Graph {
	return &Graph{
		depth: min(max(depth, 1), MaxDepth), depths: map[instruction.Account]int{}, traced: map[balance]money.Amount{}, edges: map[edgeKey]*Edge{},
		payouts: map[instruction.PayoutID]payout{}, places: map[string]bool{}, beyond: map[instruction.Asset]money.Amount{},
	}
}

// Begin notes that somebody gained from a key that is traced, whose account is from.
func (g *Graph) Begin(at instruction.Time, from, to instruction.Account, asset instruction.Asset, n money.Amount) {
	g.depths[from] = 0
	g.carry(at, from, to, Gained, asset, n)
}

// carry makes so much of an asset traced in an account, a step further than another, as long as that is within the bounds.
func (g *Graph) carry(at instruction.Time, from, to instruction.Account, how How, asset instruction.Asset, n money.Amount) {
	if n <= 0 {
		return
	}
	depth := g.depths[from] + 1
	was, known := g.depths[to]
	if depth > g.depth || !known && len(g.depths) >= MaxAccounts {
		g.cut++
		g.beyond[asset] = g.beyond[asset].AddSaturated(n)
		return
	}
	if !known || depth < was {
		g.depths[to] = depth
	}
	b := balance{to, asset}
	g.traced[b] = g.traced[b].AddSaturated(n)
	g.edge(at, edgeKey{Node{Account: from}, Node{Account: to}, how, asset, 0}, n, 0)
}

func (g *Graph) edge(at instruction.Time, k edgeKey, n, made money.Amount) {
	e := g.edges[k]
	if e == nil {
		e = &Edge{From: k.from, To: k.to, How: k.how, Asset: k.asset, Into: k.into, First: at}
		g.edges[k] = e
	}
	e.Amount, e.Made, e.Last = e.Amount.AddSaturated(n), e.Made.AddSaturated(made), at
	e.Times++
}

// share is what of a balance of has, of which n leaves, is traced and leaves with it.
func (g *Graph) share(b balance, n, has money.Amount) money.Amount {
	t := g.traced[b]
	if t == 0 || n <= 0 || has <= 0 {
		return 0
	}
	x, err := money.MulDiv(int64(min(t, has)), int64(min(n, has)), int64(has), money.Down)
	if err != nil {
		return 0
	}
	return money.Amount(x)
}

func (g *Graph) take(b balance, n money.Amount) {
	if n == 0 {
		return
	}
	if g.traced[b] -= n; g.traced[b] <= 0 {
		delete(g.traced, b)
	}
}

// Side is one side of a fill: what its account gives of what it has, free and held, and what it gets, fees aside.
type Side struct {
	Account       instruction.Account
	Gives, Gets   instruction.Asset
	Given, Gotten money.Amount
	Has           money.Amount // of Gives, before
	// What of Given the other side gained over the fair price; 0 of a fair trade.
	Lost money.Amount
	To   instruction.Account // who gained
}

// Traded notes one side of a fill.
func (g *Graph) Traded(at instruction.Time, s *Side) {
	b := balance{s.Account, s.Gives}
	n := g.share(b, s.Given, s.Has)
	if n == 0 {
		return
	}
	if s.Lost > 0 && s.Given > 0 { // the part of it that the other side gained goes on to him
		x, _ := money.MulDiv(int64(n), int64(min(s.Lost, s.Given)), int64(s.Given), money.Down)
		on := money.Amount(x)
		g.carry(at, s.Account, s.To, Gained, s.Gives, on)
		g.take(b, on)
		n -= on
		s.Given -= min(s.Lost, s.Given)
	}
	if n <= 0 || s.Given <= 0 {
		return
	}
	made, _ := money.MulDiv(int64(s.Gotten), int64(n), int64(max(s.Given, n)), money.Down)
	g.take(b, n)
	into := balance{s.Account, s.Gets}
	g.traced[into] = g.traced[into].AddSaturated(money.Amount(made))
	here := Node{Account: s.Account}
	g.edge(at, edgeKey{here, here, Turned, s.Gives, s.Gets}, n, money.Amount(made))
}

// Passed notes a transfer between a customer's accounts, of what has free and held together before.
func (g *Graph) Passed(at instruction.Time, from, to instruction.Account, asset instruction.Asset, n, has money.Amount) {
	b := balance{from, asset}
	x := g.share(b, n, has)
	g.carry(at, from, to, Moved, asset, x)
	g.take(b, x)
}

// Leaves notes a withdrawal that was taken up.
func (g *Graph) Leaves(at instruction.Time, id instruction.PayoutID, from instruction.Account, asset instruction.Asset, n, has money.Amount, place string) {
	b := balance{from, asset}
	if x := g.share(b, n, has); x > 0 {
		g.take(b, x)
		g.payouts[id] = payout{b, x, place, at}
	}
}

// Returns notes that a withdrawal was cancelled.
func (g *Graph) Returns(id instruction.PayoutID) {
	if p, ok := g.payouts[id]; ok {
		g.traced[p.balance] = g.traced[p.balance].AddSaturated(p.amount)
		delete(g.payouts, id)
	}
}

// Follows says whether anything of an account is traced: what is not need not be told.
func (g *Graph) Follows(a instruction.Account) bool { _, ok := g.depths[a]; return ok }

// Finish notes what left, and gives the whole: nodes by depth, edges by where they begin.
func (g *Graph) Finish() Report {
	for _, id := range slices.Sorted(maps.Keys(g.payouts)) {
		p := g.payouts[id]
		if !g.places[p.place] && len(g.places) >= maxOut {
			g.cut++
			g.beyond[p.asset] = g.beyond[p.asset].AddSaturated(p.amount)
			continue
		}
		g.places[p.place] = true
		g.edge(p.at, edgeKey{Node{Account: p.account}, Node{Place: p.place}, Withdrawn, p.asset, 0}, p.amount, 0)
	}
	clear(g.payouts)
	return g.report()
}
