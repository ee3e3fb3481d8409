package signer

import (
	"crypto/sha256"
	"fmt"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/journal"
)

// window is over how long a cap for what leaves counts.
const window = 3600 * instruction.Second

// family is what at most one transaction of can be mined: all take one coin first.
type family struct {
	network string
	anchor  instruction.Outpoint
}

// signed is what is noted of a transaction before anybody gets it.
type signed struct {
	at     instruction.Time // by the tally's own clock
	asset  string
	family family
	leaves money.Amount // paid, and its fee
	tx     instruction.TxID
	digest [sha256.Size]byte // of the signed bytes
	place  journal.Place     // of the record that it was signed by; zero where that is not known
}

// leaving is what counts of a transaction, and since when.
type leaving struct {
	at instruction.Time
	n  money.Amount
}

// tally counts what was signed. It keeps all that it ever counted: a transaction needs some 200 bytes.
type tally struct {
	clock    monotonic
	families map[family]money.Amount       // the most that one of it lets leave
	digests  map[instruction.TxID][32]byte // of what was signed
	lately   map[string][]leaving          // by asset, what counts still, the oldest first
	file     *file                         // nil: it is remembered in memory only
	place    func() journal.Place          // of the record; nil where it has none
}

// newTally begins a count at the time of a clock, or at the last time that was noted, where the clock is behind that.
func newTally(now func() time.Time, last instruction.Time) *tally {
	return &tally{
		clock: begin(now, last), families: make(map[family]money.Amount), digests: make(map[instruction.TxID][32]byte),
		lately: make(map[string][]leaving),
	}
}

// monotonic is a clock that never goes back: it goes on from where it began by what has really passed.
type monotonic struct {
	now   func() time.Time
	began time.Time // carries the machine's monotonic reading, which nobody sets
	base  instruction.Time
	last  instruction.Time
}

func begin(now func() time.Time, last instruction.Time) monotonic {
	t := now()
	base := max(instruction.TimeOf(t), last)
	return monotonic{now: now, began: t, base: base, last: base}
}

func (m *monotonic) read() instruction.Time {
	passed := instruction.Time(m.now().Sub(m.began).Microseconds())
	m.last = max(m.last, m.base+passed)
	return m.last
}

// more is what a transaction adds to what its family counts already.
func (t *tally) more(x *transaction) money.Amount {
	return max(0, x.leaves()-t.families[x.family()])
}

func (x *transaction) family() family { return family{x.Network.Name, x.anchor} }

// admits says whether the hour has room for a transaction.
func (t *tally) admits(x *transaction) error {
	more := t.more(x)
	if more == 0 {
		return nil
	}
	if more > x.Hour {
		return refuse("a transaction that lets %s %s leave is over the cap for an hour, %s: plan less with one, or start the signer with a higher cap (--cap %s:hour=…)",
			more.Text(scale), x.Asset, x.Hour.Text(scale), x.Asset)
	}
	now := t.clock.read()
	list := t.forget(x.Asset, now)
	sum := money.Amount(0)
	for _, l := range list {
		sum = sum.AddSaturated(l.n)
	}
	over := sum.AddSaturated(more) - x.Hour
	for _, l := range list {
		if over <= 0 {
			break
		}
		if over -= l.n; over <= 0 {
			left := (time.Duration(l.at+window-now) * time.Microsecond).Round(time.Second)
			return refuse("within an hour %s %s would leave, and the cap is %s: there is room for this in %v, or at once with a higher cap (--cap %s:hour=…)",
				sum.AddSaturated(more).Text(scale), x.Asset, x.Hour.Text(scale), left, x.Asset)
		}
	}
	return nil
}

// forget drops what counts no longer, and is the rest.
func (t *tally) forget(asset string, now instruction.Time) []leaving {
	list := t.lately[asset]
	for len(list) > 0 && list[0].at <= now-window {
		list = list[1:]
	}
	t.lately[asset] = list
	return list
}

// note takes down what was signed. When it returns, no restart forgets it.
func (t *tally) note(x *transaction, id instruction.TxID, raw []byte) error {
	n := signed{at: t.clock.read(), asset: x.Asset, family: x.family(), leaves: x.leaves(), tx: id, digest: sha256.Sum256(raw)}
	if was, ok := t.digests[id]; ok {
		if was != n.digest {
			return refuse("transaction %v was signed before with coins of other amounts; two such signatures together could give all but what it pays to miners", id)
		}
		return nil
	}
	if t.place != nil {
		n.place = t.place()
	}
	if t.file != nil {
		if err := t.file.append(&n); err != nil {
			return fmt.Errorf("signer: what is signed cannot be noted, so it is not given out: %w", err)
		}
	}
	t.count(&n)
	return nil
}

// count counts what was noted, now or before a restart.
func (t *tally) count(n *signed) {
	most := t.families[n.family]
	if n.leaves > most {
		t.families[n.family] = n.leaves
		t.lately[n.asset] = append(t.lately[n.asset], leaving{n.at, n.leaves - most})
	}
	t.digests[n.tx] = n.digest
}
