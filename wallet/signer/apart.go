package signer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portcullis/core"
	"portcullis/journal"
	"portcullis/wallet/coin"
)

// Options are what a signer in a process of its own needs.
type Options struct {
	Seed   *coin.Seed
	Caps   []Cap
	Files  Files
	Signed string // file of what was signed, made if need be; one process at a time has it
	// Restored has it take a journal that does not have the record by which was signed last, as after a backup was restored.
	Restored bool

	now func() time.Time // nil: the machine's clock; tests take another
}

// Apart is a Signer in a process of its own, with its own view of what a venue has on record.
type Apart struct {
	*Signer
	record *record
}

// Open reads what was signed, and all that the venue's files have; that may take as long as the venue's own start.
func Open(ctx context.Context, o Options) (*Apart, error) {
	if o.now == nil {
		o.now = time.Now
	}
	t, known, err := openTally(o.Signed, o.now)
	if err != nil {
		return nil, err
	}
	if o.Restored {
		known = journal.Place{}
	}
	r, err := openRecord(ctx, o.Files, known)
	if other := new(journal.PlaceError); errors.As(err, &other) {
		err = fmt.Errorf("what was signed last rests on record %d of a journal, and the one in %s does not have it: name the right data directory. "+
			"If a backup was restored, first compare what %s says was signed with the payouts that the venue takes for unpaid, for they may be "+
			"paid twice; then start with --restored: %w", known.Seq, o.Files.Journal, o.Signed, other)
	}
	if err != nil {
		return nil, errors.Join(err, t.file.close())
	}
	t.place = r.at
	s, err := with(o.Seed, o.Caps, r.read, t)
	if err != nil {
		r.close()
		return nil, errors.Join(err, t.file.close())
	}
	return &Apart{Signer: s, record: r}, nil
}

// Follow reads what the venue writes until the context ends, so that whoever asks for a signature need not wait for it. The error says
// why nothing more can be signed.
func (a *Apart) Follow(ctx context.Context) error { return a.record.keep(ctx) }

// Seq is the last record that the signer has read.
func (a *Apart) Seq() uint64 {
	a.record.mu.Lock()
	defer a.record.mu.Unlock()
	return a.record.seq
}

// Doubts are what is wrong with caps by what is on record now: nothing is signed for these. A chain that is set later ends the doubt.
func (a *Apart) Doubts(ctx context.Context, caps []Cap) (list []error, err error) {
	err = a.view(ctx, 0, func(st *core.State) {
		for _, c := range caps {
			x := st.AssetNamed(c.Asset)
			if x == 0 || st.Chain(x) == nil {
				list = append(list, fmt.Errorf("the record has no chain of %s yet (portcullis asset add, portcullis chain set)", c.Asset))
			} else if _, no := a.holder(st, x); no != nil {
				list = append(list, no)
			}
		}
	})
	return list, err
}

// Close lets go of all files, once what is being signed is. Nothing must be asked for after it.
func (a *Apart) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.record.mu.Lock()
	defer a.record.mu.Unlock()
	a.record.close()
	return a.tally.file.close()
}
