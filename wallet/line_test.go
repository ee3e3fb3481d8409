package wallet

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portcullis/wallet/coin"
	"portcullis/wallet/demochain"
)

// TestProblemTold: a problem is told when it begins, when it becomes another, and when it is over, and not whenever one of its numbers
// changes; the status has those, and since when it lasts.
//
// It was seen red with a line for each look, and a problem that began anew with each.
func TestProblemTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := demochain.New(demochain.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, c.Network(), c, coin.NewSeed(), 1)
		var log bytes.Buffer
		h.line.Log = slog.New(slog.NewTextHandler(&log, nil))
		began := time.Now()
		for i := range 50 {
			behind := fmt.Errorf("%w: it has %d of 1000 blocks", ErrBehind, i)
			h.line.report(t.Context(), behind)
			h.line.tell(t.Context(), fmt.Errorf("there is room for this in %dm%ds", i, i))
			if s := h.line.Status(); s.Problem != behind.Error() || !s.Since.Equal(began) || s.Sending != fmt.Sprintf("there is room for this in %dm%ds", i, i) {
				t.Fatalf("%+v", s)
			}
			time.Sleep(time.Second) // of the bubble's clock
		}
		h.line.report(t.Context(), errors.New("no node answers"))
		h.line.report(t.Context(), nil)
		h.line.tell(t.Context(), nil)
		if n := strings.Count(log.String(), "\n"); n != 5 {
			t.Errorf("%d lines, want 5:\n%s", n, &log)
		}
		if s := h.line.Status(); s.Problem != "" || s.Sending != "" {
			t.Errorf("%+v", s)
		}
	})
}
