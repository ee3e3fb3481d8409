package signer

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/journal"
)

// TestTornPlans: whatever sectors a crash left of a plan and its signature at the end of a journal, the venue goes on, and the signer gives
// for the plan what it gave before; where the plan itself is gone it does not go on unasked, or has nothing to go on from.
func TestTornPlans(t *testing.T) {
	v := newVenue(t)
	limit := v.cap(1e8, 100e8)
	o := v.options(limit)
	id := v.owe(1e8, v.to(1))
	seg := func(dir string) string {
		list, err := filepath.Glob(filepath.Join(dir, "journal", "*.seg"))
		if err != nil || len(list) == 0 {
			t.Fatal(err)
		}
		return list[len(list)-1]
	}
	size := func() int { // room is made ahead of what is written
		all, err := os.ReadFile(seg(v.dir))
		if err != nil {
			t.Fatal(err)
		}
		return len(bytes.TrimRight(all, "\x00"))
	}
	name, before := seg(v.dir), size()
	spend := v.plan(v.free(1), 1000, 0, id)
	a := v.open(o)
	raw, tx := v.signs(a, spend)
	a.Close()
	v.wallet(&instruction.SignSpend{Asset: ltc, Spend: spend, Tx: tx, Raw: raw})
	v.engine.Close()
	if seg(v.dir) != name {
		t.Fatal("another segment")
	}
	end := size()
	counts := map[string]int{}
	for at := before + journal.Sector - 1 - (before+journal.Sector-1)%journal.Sector; at < end+journal.Sector; at += journal.Sector {
		w := &venue{dir: t.TempDir()}
		if err := os.CopyFS(w.dir, os.DirFS(v.dir)); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(w.dir, "snapshots")); err != nil { // one of its end, which would tell
			t.Fatal(err)
		}
		all, err := os.ReadFile(seg(w.dir))
		if err != nil {
			t.Fatal(err)
		}
		clear(all[at:])
		if err := os.WriteFile(seg(w.dir), all, 0o600); err != nil {
			t.Fatal(err)
		}
		w.engine = w.start(t)
		b := *v.bank
		w.bank, b.recorder = &b, w.engine
		var there, signed bool
		w.look(func(s *core.State, _ *chain.Chain) {
			if err := s.Check(); err != nil {
				t.Fatal(at, err)
			}
			x := s.Chain(ltc).Spend(spend)
			there, signed = x != nil, x != nil && x.Signed()
		})
		p := w.options(limit)
		p.Signed = filepath.Join(w.dir, "signed")
		c, err := Open(t.Context(), p)
		switch other := new(journal.PlaceError); {
		case errors.As(err, &other) && !there:
			counts["refused"]++
		case err != nil:
			t.Fatalf("at byte %d of %d: %v", at, end, err)
		case !there:
			counts["gone"]++
			c.Close()
		default:
			got, _, err := c.Sign(t.Context(), ltc, spend, 0)
			if err != nil || !bytes.Equal(got, raw) {
				t.Fatalf("at byte %d of %d: %v", at, end, err)
			}
			counts[map[bool]string{true: "signed", false: "planned"}[signed]]++
			c.Close()
		}
		w.engine.Close()
	}
	if counts["signed"] == 0 || counts["planned"]+counts["gone"] == 0 {
		t.Errorf("the end was torn so that %v, between bytes %d and %d", counts, before, end)
	}
}
