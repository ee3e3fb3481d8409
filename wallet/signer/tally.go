package signer

import (
	"crypto/sha256"
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

// lately is what counts still.
type lately struct {
	list []leaving // the oldest first
	sum  money.Total
}

// tally counts what was signed. It keeps all that it ever counted: a transaction needs some 200 bytes.
type tally struct {
	clock    monotonic
	families map[family]money.Amount       // the most that one of it lets leave
	digests  map[instruction.TxID][32]byte // of what was signed
	lately   map[string]*lately            // by asset
	file     *file                         // nil: it is remembered in memory only
	place    func() journal.Place          // of the record; nil where it has none
}

// newTally begins a count at the time of a clock, or at the last time that was noted, where the clock is behind that.
func newTally(now func() time.Time, last instruction.Time) *tally {
	return &tally{
		clock: begin(now, last), families: make(map[family]money.Amount), digests: make(map[instruction.TxID][32]byte),
		lately: make(map[string]*lately),
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
	y := t.of(x.Asset)
	y.forget(now)
	sum := y.sum.Plus(more).Amount()
	over := sum - x.Hour
	for _, l := range y.list {
		if over <= 0 {
			break
		}
		if over -= l.n; over <= 0 {
			left := (time.Duration(l.at+window-now) * time.Microsecond).Round(time.Second)
			return refuse("within an hour %s %s would leave, and the cap is %s: there is room for this in %v, or at once with a higher cap (--cap %s:hour=…)",
				sum.Text(scale), x.Asset, x.Hour.Text(scale), left, x.Asset)
		}
	}
	return nil
}

func (t *tally) of(asset string) *lately {
	y := t.lately[asset]
	if y == nil {
		y = new(lately)
		t.lately[asset] = y
	}
	return y
}

// forget drops what counts no longer.
func (y *lately) forget(now instruction.Time) {
	for len(y.list) > 0 && y.list[0].at <= now-window {
		y.sum = y.sum.Minus(y.list[0].n)
		y.list = y.list[1:]
	}
}

// note counts what was signed, and is what kept is to be asked about before anybody gets it.
func (t *tally) note(x *transaction, id instruction.TxID, raw []byte) (mark uint64, err error) {
	n := signed{at: t.clock.read(), asset: x.Asset, family: x.family(), leaves: x.leaves(), tx: id, digest: sha256.Sum256(raw)}
	was, again := t.digests[id]
	switch {
	case again && was != n.digest:
		return 0, refuse("transaction %v was signed before with coins of other amounts; two such signatures together could give all but what it pays to miners", id)
	case again && t.file != nil:
		return t.file.mark(), nil // it may be under way
	case again:
		return 0, nil
	}
	if t.place != nil {
		n.place = t.place()
	}
	t.count(&n)
	if t.file != nil {
		mark = t.file.put(&n)
	}
	return mark, nil
}

// kept returns once no restart forgets what was noted. Unlike all else here it may be called by many at once.
func (t *tally) kept(mark uint64) error {
	if t.file == nil {
		return nil
	}
	return t.file.keep(mark)
}

// count counts what was noted, now or before a restart.
func (t *tally) count(n *signed) {
	most := t.families[n.family]
	if n.leaves > most {
		t.families[n.family] = n.leaves
		y := t.of(n.asset)
		y.list = append(y.list, leaving{n.at, n.leaves - most})
		y.sum = y.sum.Plus(n.leaves - most)
	}
	t.digests[n.tx] = n.digest
}
