package daemon

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/seal"
	"portcullis/journal"
	"portcullis/venue/gift"
)

// update writes the golden data directory of the record layout that this program writes. It is run once, when a layout is
// final; what lies there stays as it is for ever.
var update = flag.Bool("update-golden", false, "write testdata/v<layout> anew")

// goldenBegin is when every golden story begins.
const goldenBegin instruction.Time = 1_515_196_800_000_000

// golden is where the directory of a layout lies.
func golden(layout uint8) string { return filepath.Join("testdata", fmt.Sprintf("v%d", layout)) }

// goldenSecret is the HMAC secret that is sealed in every golden directory, for key 3.
const goldenSecret = "a secret that only tests know"

// TestUpgrade: what earlier versions wrote, this one opens with the same facts, goes on from, and opens again. It works on
// copies of the directories in testdata, which hold every kind of instruction that their version knew.
// There is one for every layout, also for the one that this program writes.
func TestUpgrade(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	for layout := uint8(1); layout <= instruction.Version; layout++ {
		t.Run(fmt.Sprintf("v%d", layout), func(t *testing.T) {
			folded := upgrade(t, layout, false)
			if layout > 1 && upgrade(t, layout, true) != folded { // the first has no snapshot
				t.Error("the state from the snapshot is not the one from the records")
			}
		})
	}
}

// upgrade opens a copy of the directory, from its snapshot or from its records alone, and is the hash of what it finds.
func upgrade(t *testing.T, layout uint8, snapshot bool) (hash [32]byte) {
	dir := golden(layout)
	text, err := os.ReadFile(filepath.Join(dir, "facts.json"))
	var want facts
	if err == nil {
		err = json.Unmarshal(text, &want)
	}
	if err != nil {
		t.Fatalf("the golden directory of this layout (make a new one with -update-golden): %v", err)
	}
	cfg, _ := config(t)
	if err := os.CopyFS(cfg.Dir, os.DirFS(filepath.Join(dir, "data"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{masterFile, giftFile} { // what git does not keep of them
		if err := os.Chmod(filepath.Join(cfg.Dir, name), 0o600); err != nil && (name == masterFile || layout >= 5) {
			t.Fatal(err)
		}
	}
	kindsOf(t, cfg.Dir).hold(t, layout, want.Kinds)
	want.Kinds = nil
	if !snapshot {
		if err := os.RemoveAll(Snapshots(cfg.Dir).Dir); err != nil {
			t.Fatal(err)
		}
	}
	hand := clock.NewHand(instruction.Time(want.Clock) + instruction.Second)
	cfg.Clock, cfg.bare = hand, true

	d := run(t, cfg)
	if o := d.engine.Origin(); (o.From.Place.Seq == want.Records) != snapshot || len(o.Passed) > 0 {
		t.Errorf("it began with the snapshot of record %d, of %d records; passed over %v", o.From.Place.Seq, want.Records, o.Passed)
	}
	same(t, "opened", found(t, d), want)
	_, hash, err = d.engine.Hash()
	if err != nil {
		t.Fatal(err)
	}
	opensSecret(t, d)
	goOn(t, d)
	if layout >= 5 {
		claimsOld(t, d, dir)
	}
	goAshore(t, d)
	gone := found(t, d)
	if gone.Orders != want.Orders+2 || gone.Markets[0].LastTrade != want.Markets[0].LastTrade+1 {
		t.Errorf("two orders that meet: %d orders and %d trades became %d and %d",
			want.Orders, want.Markets[0].LastTrade, gone.Orders, gone.Markets[0].LastTrade)
	}
	if snapshot { // of this layout, where the one before was an older one's
		if _, err := d.engine.Snapshot(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, d)
	hand.Add(instruction.Second)
	again := found(t, run(t, cfg))
	again.Records, again.Clock = gone.Records, gone.Clock // time passes
	same(t, "opened again", again, gone)
	return hash
}

func found(t *testing.T, d *Daemon) (f facts) {
	t.Helper()
	if err := d.engine.Read(func(s *core.State) { f = factsOf(s, d.engine.Durable()) }); err != nil {
		t.Fatal(err)
	}
	return f
}

func same(t *testing.T, when string, got, want facts) {
	t.Helper()
	a, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(want, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Fatalf("%s, it has other facts:\n%s\nwant\n%s", when, a, b)
	}
}

// opensSecret opens the sealed secret of key 3 with the master key of the directory.
func opensSecret(t *testing.T, d *Daemon) {
	t.Helper()
	var id instruction.KeyID
	var sealed []byte
	d.engine.Read(func(s *core.State) { id, sealed = s.Key(3).ID, s.Key(3).Material() })
	plain, err := d.kek.Open(sealed, id[:])
	if err != nil || string(plain.Reveal()) != goldenSecret {
		t.Errorf("the sealed secret of key 3 does not open: %v", err)
	}
}

// goOn trades once.
func goOn(t *testing.T, d *Daemon) {
	t.Helper()
	for i, side := range []instruction.Side{instruction.Sell, instruction.Buy} {
		id, _ := instruction.ClientIDOf(fmt.Sprint("on-", i))
		r, err := d.engine.Do(goldenTrader(1+i), &instruction.PlaceOrder{Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC,
			Price: 10_000e8, Qty: 1e5, ClientID: id})
		var ev instruction.Events
		if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
			t.Fatal(r.Verdict, r.Refused(&ev), err)
		}
	}
}

// goldenTrader is the owner of key c.
func goldenTrader(c int) *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(c), Addr: netip.MustParseAddr("127.0.0.1")}
}

// writeGolden writes the directory of this program's layout.
func writeGolden(t *testing.T) {
	dir := filepath.Join(golden(instruction.Version), "data")
	if err := errors.Join(os.RemoveAll(filepath.Dir(dir)), os.MkdirAll(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	kek, err := seal.FromFile(filepath.Join(dir, masterFile))
	if err != nil {
		t.Fatal(err)
	}
	pepper, err := gift.LoadPepper(filepath.Join(dir, giftFile), false)
	if err != nil {
		t.Fatal(err)
	}
	// Small segments keep the directory small.
	log, err := journal.Open(JournalDir(dir), journal.Options{SegmentSize: 16 << 10})
	if err != nil {
		t.Fatal(err)
	}
	hand := clock.NewHand(goldenBegin)
	keep := Snapshots(dir)
	e, err := engine.Open(engine.Config{Log: log, Clock: hand, Snapshots: &keep})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(kinds)
	if err := e.Follow(func(*core.State) {}, seen); err != nil {
		t.Fatal(err)
	}
	ashore := &shore{desk: gift.NewDesk(pepper)}
	for _, x := range goldenStory(t, kek, ashore) {
		hand.Add(x.after)
		if x.late != nil {
			if err := e.Read(func(s *core.State) { x.in = x.late(s) }); err != nil {
				t.Fatal(err)
			}
		}
		p := x.by
		if p == nil {
			p = &instruction.Principal{Giver: instruction.ByOperator, Operator: 1000}
		}
		r, err := e.Do(p, x.in)
		if err != nil {
			t.Fatal(err)
		}
		var ev instruction.Events
		if ok := r.Verdict.Decision == instruction.Allow && r.Refused(&ev) == 0; ok == x.fails {
			t.Fatalf("record %d, %T: %v %v", r.Seq, x.in, r.Verdict.Findings(), r.Refused(&ev))
		}
	}
	if _, err := e.Snapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	var f facts
	if err := e.Read(func(s *core.State) { f = factsOf(s, e.Durable()) }); err != nil {
		t.Fatal(err)
	}
	seen.check(t)
	f.Kinds = seen.list()
	text, err := json.MarshalIndent(f, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(filepath.Dir(dir), "facts.json"), append(text, '\n'), 0o600)
	}
	code := ashore.codes[len(ashore.codes)-1].Reveal()
	err = errors.Join(err, os.WriteFile(filepath.Join(filepath.Dir(dir), codeFile), []byte(code+"\n"), 0o600))
	if err := errors.Join(err, e.Close(), os.Remove(filepath.Join(JournalDir(dir), "lock"))); err != nil {
		t.Fatal(err)
	}
}

// kinds are the kinds of instructions and events that were folded, as testdata/numbers.txt of package instruction has them.
type kinds map[string]bool

func (k kinds) Before(*core.State, *instruction.Record, instruction.Event) {}

func (k kinds) After(_ *core.State, _ *instruction.Record, e instruction.Event) {
	k[fmt.Sprintf("EventKind %d", e.EventKind())] = true
}

func (k kinds) Folded(_ *core.State, r *instruction.Record) {
	k[fmt.Sprintf("Kind %d", r.Kind())] = true
}

// list are the kinds by their text.
func (k kinds) list() []string { return slices.Sorted(maps.Keys(k)) }

// kindsOf are those in the journal of a data directory.
func kindsOf(t *testing.T, dir string) kinds {
	t.Helper()
	log, err := journal.OpenBeside(JournalDir(dir), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	r, err := log.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	found := make(kinds)
	var rec instruction.Record
	var ev instruction.Events
	for seq := uint64(1); seq <= log.Last(); seq++ {
		_, b, err := r.Next()
		if err == nil {
			err = rec.Decode(seq, b)
		}
		if err != nil {
			t.Fatalf("record %d: %v", seq, err)
		}
		rec.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			found.After(nil, &rec, e)
		}
		if found.Folded(nil, &rec); ev.Err() != nil {
			t.Fatalf("record %d: %v", seq, ev.Err())
		}
	}
	return found
}

// hold fails unless a directory's journal has the kinds that it was written with. What this program writes has every kind that there
// is: who adds one adds it to the story too, and writes the directory anew or, where its layout is released, that of a new one.
func (k kinds) hold(t *testing.T, layout uint8, written []string) {
	t.Helper()
	if got := k.list(); layout >= 5 && !slices.Equal(got, written) {
		t.Errorf("it has the kinds\n%q, and was written with\n%q", got, written)
	}
	if layout == instruction.Version {
		k.check(t)
	}
}

// check fails unless every kind that there is was folded.
func (k kinds) check(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "core", "instruction", "testdata", "numbers.txt"))
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for line := range strings.Lines(string(text)) {
		w := strings.Fields(line)
		if w[0] != "Kind" && w[0] != "EventKind" {
			continue
		}
		if known++; !k[w[0]+" "+w[3]] && !(w[0] == "EventKind" && tooLong[w[4]]) {
			t.Errorf("the story has no %s %s", w[0], w[1])
		}
	}
	if known == 0 {
		t.Error("there are no kinds in numbers.txt")
	}
}
