package backtest

import (
	"fmt"
	"sort"

	"portcullis/core/instruction"
	"portcullis/journal"
)

// From is the first record of a time or later; one behind the last where there is none. Times never go back in a journal.
func From(log journal.Log, t instruction.Time) (uint64, error) {
	first, last := log.First(), log.Last()
	var failed error
	n := sort.Search(int(last+1-first), func(i int) bool { // #nosec G115 -- a journal has no 2^63 records
		at, err := timeOf(log, first+uint64(i)) // #nosec G115 -- not negative
		if err != nil {
			failed = err
		}
		return err != nil || at >= t
	})
	return first + uint64(n), failed // #nosec G115 -- not negative
}

// timeOf is when a record was written.
func timeOf(log journal.Log, seq uint64) (instruction.Time, error) {
	r, err := log.Reader(seq)
	if err != nil {
		return 0, fmt.Errorf("backtest: reading the journal: %w", err)
	}
	defer r.Close()
	_, b, err := r.Next()
	var rec instruction.Record
	if err == nil {
		err = rec.Decode(seq, b)
	}
	if err != nil {
		return 0, fmt.Errorf("backtest: record %d: %w", seq, err)
	}
	return rec.Time, nil
}
