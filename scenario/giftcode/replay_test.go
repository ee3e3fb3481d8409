package giftcode

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"portcullis/core/money"
	"portcullis/wallet/demochain"
	"portcullis/wallet/regtest"
)

// small is a replay that takes a second on a demo chain.
var small = size{codes: 20, claims: 700, bursts: 12, dust: 80, customers: 4, haste: 20}

func onDemo(_ context.Context, seed uint64, now func() time.Time) (ground, error) {
	return newDemo(seed, now)
}

// held holds what came of a replay against what must.
func held(t *testing.T, x *replay, r Result) {
	t.Helper()
	n := r.Naive
	switch {
	case r.Owed != Coins(x.plan.worth()) || r.Paid != r.Owed || r.Double != 0 || r.ShortAt != nil:
		t.Errorf("seed %d: this venue paid %s for %s that were owed, %d times too often; short %v", r.Seed, r.Paid, r.Owed, r.Double, r.ShortAt)
	case r.Codes != x.plan.size.codes || r.Claims != x.plan.claims:
		t.Errorf("seed %d: %d codes, %d claims", r.Seed, r.Codes, r.Claims)
	case n == nil:
		t.Fatalf("seed %d: the other side is missing", r.Seed)
	case n.Owed != r.Owed || n.Paid <= n.Owed || n.Double == 0:
		t.Errorf("seed %d: the site of then paid %s for %s, %d times too often", r.Seed, n.Paid, n.Owed, n.Double)
	case n.ShortAt == nil || *n.ShortAt > 1 || n.Claims >= r.Claims:
		t.Errorf("seed %d: its shortage was seen after %v blocks, and %d claims", r.Seed, n.ShortAt, n.Claims)
	}
}

// replayed replays, and is the transcript too.
func replayed(t *testing.T, seed uint64, s size, open opener) (*replay, Result, string) {
	t.Helper()
	var lines []string
	done, steps := 0, 0
	x := newReplay(Options{
		Seed: seed, Naive: true, Say: func(l string) { lines = append(lines, l) },
		Progress: func(d, total int) {
			if d < done || d > total {
				t.Errorf("%d steps of %d, after %d", d, total, done)
			}
			done, steps = d, total
		},
	}, s, open)
	r, err := x.run(t.Context())
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, strings.Join(lines, "\n"))
	}
	if done != steps || steps == 0 {
		t.Errorf("it ends at step %d of %d", done, steps)
	}
	return x, r, strings.Join(lines, "\n")
}

// TestSeeds: whatever goes wrong, this venue pays each code once, and the site of then does not.
func TestSeeds(t *testing.T) {
	n := uint64(20)
	if testing.Short() {
		n = 5
	}
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		n = 500
	}
	replaced := false
	for seed := range n {
		x, r, said := replayed(t, seed, small, onDemo)
		held(t, x, r)
		for _, want := range []string{
			"the demo chain, since there is no litecoind here", "the venue's process is killed", "the node is killed", "the chain's last",
			"denied, too many claims", "The site is stopped", "all 20 payouts are settled",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("seed %d: the transcript does not say %q:\n%s", seed, want, said)
			}
		}
		replaced = replaced || regexp.MustCompile(`[1-9][0-9]* in another's stead`).MatchString(said)
		if _, err := os.Stat(x.dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("seed %d: %s is left behind: %v", seed, x.dir, err)
		}
		if t.Failed() {
			return
		}
	}
	if !replaced {
		t.Error("no transaction was ever replaced: not all is tried that should be")
	}
}

// TestLitecoind is one replay on a real node.
func TestLitecoind(t *testing.T) {
	x, r, said := replayed(t, 5, small, func(ctx context.Context, seed uint64, now func() time.Time) (ground, error) {
		l, err := startLitecoind(ctx)
		if errors.Is(err, regtest.ErrMissing) && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		return l, err
	})
	held(t, x, r)
	if r.Node != "litecoind" || !strings.Contains(said, "a litecoind of its own") {
		t.Errorf("it took place on %s:\n%s", r.Node, said)
	}
	b, err := json.Marshal(r)
	if want := `{"scenario":"monappy-2018","seed":5,"node":"litecoind","codes":20,"claims":700,"owed":` + r.Owed.String() + `,"paid":` + r.Owed.String() +
		`,"double_paid":0,"shortage_detected_after_blocks":null,"naive":{"codes":20,"claims":60,"owed":`; err != nil || !strings.HasPrefix(string(b), want) {
		t.Errorf("%s, %v; want %s…", b, err, want)
	}
}

// TestStopped: whoever stops a replay is heard at once, and nothing of it is left.
func TestStopped(t *testing.T) {
	for at := range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		x := newReplay(Options{Naive: true, Progress: func(done, _ int) {
			if done == at+1 {
				cancel()
			}
		}}, small, onDemo)
		if _, err := x.run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped at step %d: %v", at+1, err)
		}
		if _, err := os.Stat(x.dir); x.dir != "" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("stopped at step %d: %s is left behind: %v", at+1, x.dir, err)
		}
		cancel()
	}
}

// TestTally: payments to any address of a code are counted, wherever they stand, and those to others are not.
func TestTally(t *testing.T) {
	now := time.Unix(0, 0)
	c, err := demochain.New(demochain.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	to, err := targets(c.Network(), 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	tally, err := newTally(c.Network(), to[:2])
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range [][]string{{to[0][0], to[2][1]}, {to[1][2]}, {}, {to[0][3], to[0][0]}} {
		for i, a := range block {
			if _, err := c.Pay(a, int64(1000*(i+1))); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Mine(1); err != nil {
			t.Fatal(err)
		}
		if err := tally.read(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if sum, n, double := tally.sum(); sum != 1000+1000+1000+2000 || n != 4 || double != 2 || tally.doubled != c.Height() {
		t.Errorf("%d in %d payments, %d too many, from block %d of %d on", sum, n, double, tally.doubled, c.Height())
	}
}

// silent is a purse whose node says what it has only when asked often enough.
type silent struct {
	purse
	left int
	has  money.Amount
}

func (s *silent) balance(context.Context) (money.Amount, error) {
	if s.left > 0 {
		s.left--
		return 0, errors.New("no answer")
	}
	return s.has, nil
}

// TestWatch: what is not known is no shortage and no cover, and one unit is enough for either.
func TestWatch(t *testing.T) {
	for _, c := range []struct {
		silent int
		has    money.Amount
		short  bool
	}{{0, 100, false}, {0, 101, false}, {0, 99, true}, {looks - 1, 99, true}, {looks, 99, false}, {looks, 0, false}} {
		x := newReplay(Options{}, small, onDemo)
		s := &site{replay: x, purse: &silent{left: c.silent, has: c.has}, owes: 100}
		if got := s.watch(t.Context(), 7); got != c.short {
			t.Errorf("%+v: stopped %v", c, got)
		}
	}
}

// TestSame: one seed gives one plan and one schedule of faults, and another seed others.
func TestSame(t *testing.T) {
	a, b, c := newPlan(1, published), newPlan(1, published), newPlan(2, published)
	if a.codes[55] != b.codes[55] || a.accidents != b.accidents || a.bursts[7].at != b.bursts[7].at || a.codes[55] == c.codes[55] {
		t.Error("plans do not follow from their seeds")
	}
	claims, worth := 0, a.worth()
	for i := range a.bursts {
		claims += a.bursts[i].claims
	}
	if len(a.codes) != 56 || claims != 8_200 || worth != a.issuedBy(0)+a.issuedBy(1)+a.issuedBy(2) || a.issuedBy(2) == 0 {
		t.Errorf("%d codes, %d claims, worth %d", len(a.codes), claims, worth)
	}
	sick, done, differ := 0, 0, 0
	for n := range uint64(10_000) {
		f := drawn(1, sends, n)
		if f != drawn(1, sends, n) {
			t.Fatalf("call %d has two fates", n)
		}
		if f != none {
			sick++
			if f.done() {
				done++
			}
		}
		if f != drawn(2, sends, n) {
			differ++
		}
	}
	if sick < 5_800 || sick > 6_200 || done < sick*6/10 || done > sick*7/10 || differ < 5_000 {
		t.Errorf("of 10,000 calls %d go wrong, %d of them carried out; %d differ by seed", sick, done, differ)
	}
}
