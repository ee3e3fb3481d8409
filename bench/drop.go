package bench

import (
	"context"
	"fmt"
	"os"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
)

const (
	// dropKeys is how many keys there are.
	dropKeys = 1_000_000
	// dropBound is how long shutting all of them may take, in milliseconds.
	dropBound = 100
)

// Drop measures how long an operator's one instruction takes that shuts every key created before a day, until its record is
// durable, against its bound. From then on each of them is denied.
func Drop(ctx context.Context, report Report) error { return drop(ctx, report, dropKeys) }

func drop(ctx context.Context, report Report, n int) error {
	h := &house{}
	var err error
	if h.dir, err = os.MkdirTemp("", "portcullis-bench-*"); err != nil {
		return err
	}
	defer h.remove()
	if _, err = lay(ctx, h.dir, stock{keys: n}); err != nil {
		return err
	}
	if err = h.open(); err != nil {
		return err
	}
	var took []float64
	for range rounds {
		began := time.Now()
		r, err := h.Do(&instruction.Principal{Giver: instruction.ByOperator}, &instruction.Drop{
			Class: instruction.DropKeys, Scope: instruction.Scope{Before: h.Now() + 1}, Reason: "a measurement"})
		took = append(took, float64(time.Since(began).Microseconds())/1000)
		if err != nil {
			return err
		}
		var ev instruction.Events
		if why := r.Refused(&ev); why != 0 {
			return fmt.Errorf("bench: the drop: %s", why.Sentence())
		}
	}
	if err := allShut(h); err != nil {
		return err
	}
	report(result(fmt.Sprintf("drop: all of %d keys created before a day shut by one durable record", n), median(took), "ms", "the bound", dropBound))
	return nil
}

// allShut says whether the first key, the last and those in steps between are denied.
func allShut(h *house) (err error) {
	read := h.Read(func(s *core.State) {
		for c := instruction.Credential(1); c <= s.Keys() && err == nil; c += max(1, s.Keys()/1000) {
			p := instruction.Principal{Giver: instruction.ByCredential, Credential: c}
			if v := s.Dropped(&p, instruction.DropTrading, 1); v.Reason() != instruction.KeysDropped {
				err = fmt.Errorf("bench: key %d of %d is not shut: %v", c, s.Keys(), v.Reason())
			}
		}
	})
	if read != nil {
		return read
	}
	return err
}
