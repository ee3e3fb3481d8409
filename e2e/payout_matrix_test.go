//go:build !race

package e2e

import (
	"slices"
	"testing"
	"time"

	"portcullis/wallet/faulty"
)

// fault is one way in which calls to a node fail. Of two calls the first one never comes to the node, and the second one does, or the
// other way round, where both can be.
type fault struct {
	name  string
	two   [2]faulty.Fault
	waits bool // the client waits, rather than being told
	final bool // the node seems to have an opinion, so that nothing is sent again before the next block
}

var faults = []fault{
	{name: "delay", two: [2]faulty.Fault{faulty.Delay(300 * time.Millisecond), faulty.Delay(100 * time.Millisecond)}, waits: true},
	{name: "reset before", two: [2]faulty.Fault{faulty.ResetBefore, faulty.ResetBefore}},
	{name: "reset after", two: [2]faulty.Fault{faulty.ResetAfter, faulty.ResetAfter}},
	{name: "reply lost", two: [2]faulty.Fault{faulty.LostFor(500 * time.Millisecond), faulty.LostFor(500 * time.Millisecond)}, waits: true},
	{name: "HTTP 500", two: both(faulty.HTTP500)},
	{name: "work queue full", two: [2]faulty.Fault{faulty.WorkQueueFull, faulty.WorkQueueFull}},
	{name: "-25", two: both(faulty.Code(-25, "bad-txns-inputs-missingorspent")), final: true},
	{name: "-26", two: both(faulty.Code(-26, "txn-mempool-conflict")), final: true},
	{name: "-27", two: both(faulty.Code(-27, "transaction already in block chain"))},
	{name: "-28", two: [2]faulty.Fault{faulty.Code(-28, "Loading block index..."), faulty.Code(-28, "Verifying blocks...")}},
}

func both(f faulty.Fault) [2]faulty.Fault { return [2]faulty.Fault{f, faulty.After(f)} }

// turned has the second first.
func (f fault) turned(turn bool) fault {
	if turn {
		slices.Reverse(f.two[:])
	}
	return f
}

// others are the calls beside sendrawtransaction that a wallet makes.
var others = []string{"getblockchaininfo", "getblockhash", "getblockheader", "getblock", feeCall, "getbestblockhash", "waitfornewblock"}

const (
	sendCall = "sendrawtransaction"
	feeCall  = "estimatesmartfee"
)

// event is what happens while payouts are under way.
type event struct {
	name  string
	stage string // how far the payouts have come then
	does  func(*matrix, event)
}

var events = []event{
	{"kill while CLAIMED", claimed, (*matrix).crash},
	{"kill while PLANNED", planned, (*matrix).crash},
	{"kill while SIGNED", signed, (*matrix).crash},
	{"kill while SEEN", seen, (*matrix).crash},
	{"kill while MINED", mined, (*matrix).crash},
	{"node restart", seen, (*matrix).restart},
	{"reorg of 3", mined, (*matrix).reorg},
}

// matrix is a bank in which each fault meets each event.
type matrix struct {
	*bank
	met   int      // combinations so far
	row   int      // of the fault
	list  []uint64 // the payouts of this combination
	after *script  // of the line, once the event has come
	late  []*held  // calls that were under way then
}

// TestPayoutMatrix: each way in which calls to a node fail, with each way in which a process dies, or blocks go, under payouts that have
// come so far. After each, every payout is in one block of the node's chain once, to the last unit, and the ledger is what the chain has.
//
// It was seen red with a wallet that, after a start, plans anew what was signed and not seen, out of other coins.
func TestPayoutMatrix(t *testing.T) {
	t.Parallel()
	m := &matrix{bank: newBank(t, 2)}
	began := time.Now()
	for i, f := range faults {
		for j, e := range events {
			if testing.Short() && (i+j)%len(events) != 0 {
				continue
			}
			m.run(t, i, f.turned((i+j)%2 == 1), e, others[(i+j)%len(others)])
		}
	}
	m.finish(t)
	t.Logf("%d combinations, %d payouts, %d transactions, of which %d took another's stead, in %v",
		m.met, len(m.paid), len(m.record.spends), m.record.replaced, time.Since(began).Round(time.Second))
}

// run lets one fault meet one event, as a test of its own. After one that failed there is none: what follows would tell nothing.
func (m *matrix) run(t *testing.T, row int, f fault, e event, other string) {
	if t.Failed() {
		return
	}
	t.Run(f.name+"/"+e.name, func(t *testing.T) {
		m.venue.t, m.public.t, m.record.t = t, t, t
		m.row = row
		m.meet(f, e, other)
		m.met++
	})
}

// meet lets one fault meet one event.
func (m *matrix) meet(f fault, e event, other string) {
	m.mine(1) // so that it is asked anew what a fee is worth
	m.followed()
	before := newScript().breaks(sendCall, f.two[:]...)
	m.after = newScript().breaks(sendCall, f.two[:]...)
	fee := faulty.Pass
	if other == feeCall && e.stage != claimed { // it is asked before anything is planned, and not again
		fee = f.two[0]
	} else {
		m.after.breaks(other, f.two[0])
	}
	m.advance(f, e.stage, before, before.holds(feeCall, fee))
	e.does(m, e)
	m.letGo()
	m.settle()
	m.audit()
	for _, call := range []string{sendCall, other} {
		if before.broken(call)+m.after.broken(call) == 0 {
			m.t.Errorf("no call of %s met the fault", call)
		}
	}
}

// advance makes payouts and lets them come so far. What breaks meanwhile is in the script.
func (m *matrix) advance(f fault, stage string, s *script, fee *held) {
	m.late = []*held{fee}
	var second *held
	if stage == signed {
		s.breaks(sendCall, f.two[0])
		second = s.holds(sendCall, f.two[1])
		m.late = append(m.late, second)
	}
	m.line.Set(s.fate)
	m.list = nil
	for _, p := range m.payers {
		m.list = append(m.list, m.pay(p, int64(1_000_000+len(m.paid))))
	}
	m.list = append(m.list, m.claim()) // two transactions pay the three
	m.arrives("it is asked what a fee is worth", fee.here)
	if stage == planned {
		m.door.close()
	}
	if stage != claimed {
		fee.letGo()
	}
	switch {
	case stage == signed && f.waits:
		m.until("the first is sent", func() bool { return s.broken(sendCall) == 1 })
	case stage == signed:
		m.arrives("the second is sent", second.here)
	case reached(stage, seen):
		m.until("both are sent", func() bool { return s.broken(sendCall) == 2 })
		if f.final {
			m.empty() // then both are sent again
		}
		m.come(seen)
		for n := 0; stage == mined && n < 3 && !m.are(m.list, mined); n++ { // the node may have been told of one of them only
			m.mine(1)
			m.followed()
		}
	}
	m.come(stage)
}

// come waits until all payouts have come so far.
func (m *matrix) come(stage string) {
	m.t.Helper()
	m.until("all payouts are "+stage, func() bool { return m.are(m.list, stage) })
}

// crash kills the venue, and starts it again before a node that fails as before.
func (m *matrix) crash(e event) {
	m.kill()
	m.record.read()
	for _, id := range m.list {
		if got := m.record.stage(id); got != e.stage {
			m.t.Errorf("payout %d was %s when the venue was killed, and should have been %s", id, got, e.stage)
		}
	}
	m.line.Set(m.after.fate)
	m.door.open()
	m.letGo()
	if m.start(); e.stage == claimed {
		m.askedAgain(m.list)
	}
}

// letGo lets the calls go that were under way: some of them come to the node still, long after who made them died.
func (m *matrix) letGo() {
	for _, h := range m.late {
		if h != nil {
			h.letGo()
		}
	}
	m.late = nil
}

// restart has the node end, by itself or by force, and start again before a line that fails.
func (m *matrix) restart(event) {
	if m.row%2 == 0 {
		m.node.Kill()
	} else if err := m.node.Stop(); err != nil {
		m.t.Fatal(err)
	}
	m.line.Set(m.after.fate)
	if err := m.node.Restart(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
}

// reorg takes back the payouts' blocks and those after them. What comes instead has the payouts again; or nothing, while the node still
// knows of them, or does not.
func (m *matrix) reorg(event) {
	m.mine(2)
	m.followed()
	m.line.Set(m.after.fate)
	again := m.node.Reorg
	if m.row%3 != 0 {
		again = m.node.ReorgEmpty
	}
	if err := again(m.t.Context(), 3); err != nil {
		m.t.Fatal(err)
	}
	if m.row%3 == 2 {
		m.node.Kill()
		if err := m.node.Restart(m.t.Context()); err != nil {
			m.t.Fatal(err)
		}
	}
}

// finish ends the venue, and holds its whole journal against the chain.
func (m *matrix) finish(t *testing.T) {
	if t.Failed() {
		return
	}
	m.venue.t, m.public.t, m.record.t = t, t, t
	m.stop()
	ledger := m.check()
	if have, ours := units(t, ledger.have("LTC")), m.ours(m.public.payments()); have != ours {
		t.Errorf("by the journal the ledger has %d, and the chain %d", have, ours)
	}
}

// ours is what the venue has on the chain.
func (m *matrix) ours(paid map[string][]payment, spent map[outpoint]bool) (sum int64) {
	for _, a := range append(m.deposits(), m.hot) {
		for _, x := range paid[a] {
			if !spent[x.outpoint] {
				sum += x.value
			}
		}
	}
	return sum
}

// settle mines until all is settled.
func (m *matrix) settle() {
	m.t.Helper()
	for range 3 * settleDepth {
		m.followed()
		if m.are(m.list, settled) {
			return
		}
		if m.are(m.list, mined) {
			m.mine(settleDepth - 1)
		} else {
			m.mine(1)
		}
	}
	m.t.Fatalf("the payouts are not settled after all these blocks\n%s", tail(m.log))
}

// audit holds the chain against what was owed, and the ledger against the chain.
func (m *matrix) audit() {
	m.t.Helper()
	paid, spent := m.public.payments()
	for id, o := range m.paid {
		if list := paid[o.address]; len(list) != 1 || list[0].value != o.arrives {
			m.t.Errorf("payout %d of %d was paid as %+v", id, o.arrives, list)
		}
	}
	ours := m.ours(paid, spent)
	var c struct {
		Owed      string `json:"owed"`      // to customers
		FeesLeft  string `json:"fees_left"` // the venue's own
		Confirmed string `json:"confirmed"`
		InFlight  string `json:"in_flight"`
		Halted    bool   `json:"halted"`
	}
	m.cli(&c, "chain", "show", "LTC")
	if have := units(m.t, c.Owed) + units(m.t, c.FeesLeft); have != ours {
		m.t.Errorf("the ledger has %d, and the chain %d", have, ours)
	}
	if units(m.t, c.Confirmed) != ours || units(m.t, c.InFlight) != 0 || c.Halted {
		m.t.Errorf("the venue knows of %+v, and the chain has %d", c, ours)
	}
}
