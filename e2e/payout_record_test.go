//go:build !race

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"testing"
)

// record is what the venue's journal says of payouts, as portcullis journal dump prints it, whether a venue runs on it or was killed.
type record struct {
	t       *testing.T
	dir     string
	last    uint64
	payouts map[uint64]string // claimed, cancelled and so on
	spends  map[uint64]*spend

	byAddress map[string]uint64 // payouts
	tip       tip

	replaced int // spends that another one was planned in the stead of
}

type tip struct {
	Height uint32
	Hash   string
}

// spend is a transaction that the venue planned.
type spend struct {
	payouts []uint64
	anchor  string
	tx      string
	seen    bool
	height  uint32
}

// fields has the fields of all events that matter here.
type fields struct {
	ID, Spend uint64
	Replaces  uint64
	State     string
	To        struct{ Address string }
	Payouts   []uint64
	Inputs    []string
	Tx        string
	Height    uint32
	Hash      string
	Whole     bool
	Spent     []struct {
		Coin string
		By   string
	}
}

func newRecord(t *testing.T, dir string) *record {
	return &record{t: t, dir: dir, payouts: map[uint64]string{}, spends: map[uint64]*spend{}, byAddress: map[string]uint64{}}
}

// read takes in what is new.
func (r *record) read() {
	r.t.Helper()
	path, err := binary()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command(path, "journal", "dump", "--json", "--data", r.dir, "--from", strconv.FormatUint(r.last+1, 10))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("journal dump: %v\n%s", err, &stderr)
	}
	for lines := json.NewDecoder(bytes.NewReader(out)); ; {
		var line struct {
			Seq    uint64
			Events []struct {
				Name   string
				Fields json.RawMessage
			}
		}
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			r.t.Fatal(err)
		}
		for _, e := range line.Events {
			var f fields
			if !known[e.Name] {
				continue
			}
			if err := json.Unmarshal(e.Fields, &f); err != nil {
				r.t.Fatalf("record %d: %s: %v", line.Seq, e.Name, err)
			}
			r.fold(e.Name, &f)
		}
		r.last = line.Seq
	}
}

var known = map[string]bool{"PayoutMade": true, "PayoutMoved": true, "SpendPlanned": true, "SpendSigned": true, "SpendSeen": true,
	"SpendDied": true, "BlockAdded": true, "Rewound": true}

func (r *record) fold(name string, e *fields) {
	switch name {
	case "PayoutMade", "PayoutMoved":
		if r.payouts[e.ID] = e.State; e.To.Address != "" {
			r.byAddress[e.To.Address] = e.ID
		}
	case "SpendPlanned":
		if e.Replaces != 0 {
			r.replaced++
		}
		r.spends[e.ID] = &spend{payouts: e.Payouts, anchor: e.Inputs[0]}
		for _, p := range e.Payouts {
			r.payouts[p] = "SENDING"
		}
	case "SpendSigned":
		r.spends[e.Spend].tx = e.Tx
	case "SpendSeen":
		r.spends[e.Spend].seen = true
	case "SpendDied":
		r.t.Errorf("spend %d died", e.Spend)
	case "BlockAdded":
		if e.Whole {
			r.tip = tip{e.Height, e.Hash}
		}
		for _, taken := range e.Spent {
			for _, s := range r.spends {
				if s.tx == taken.By && s.anchor == taken.Coin {
					s.height = e.Height
				}
			}
		}
	case "Rewound":
		r.tip = tip{e.Height, e.Hash}
		for _, s := range r.spends {
			if s.height > e.Height {
				s.height = 0
			}
		}
	}
}

// stages of a payout that is to be sent, in their order.
const (
	claimed = "CLAIMED"
	planned = "PLANNED"
	signed  = "SIGNED"
	seen    = "SEEN"
	mined   = "MINED"
	settled = "SETTLED"
)

var stages = []string{claimed, planned, signed, seen, mined, settled}

// stage is how far a payout has come: by the one of its transactions that has come furthest.
func (r *record) stage(payout uint64) string {
	if s := r.payouts[payout]; s != "SENDING" {
		return s
	}
	best := planned
	for _, s := range r.spends {
		now := planned
		switch {
		case !slices.Contains(s.payouts, payout):
			continue
		case s.height != 0:
			now = mined
		case s.seen:
			now = seen
		case s.tx != "":
			now = signed
		}
		if slices.Index(stages, now) > slices.Index(stages, best) {
			best = now
		}
	}
	return best
}

// reached says that one stage is the other, or a later one.
func reached(stage, wanted string) bool {
	return slices.Index(stages, stage) >= slices.Index(stages, wanted)
}
