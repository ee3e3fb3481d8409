package bench

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash/crc32"
	"io"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/engine"
	"portcullis/journal"
)

// recoverRecords is how many records the journal has from which is recovered.
const recoverRecords = 1_000_000

// Recover measures the opening of a journal and the folding of its records against reading and hashing the same bytes.
func Recover(ctx context.Context, report Report) error {
	h, err := newHouse(256)
	if err != nil {
		return err
	}
	defer h.remove()
	var hash [32]byte
	n, err := fill(ctx, h, &hash, newTrader)
	if err != nil {
		return err
	}
	var rates, bare []float64
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		base, err := scan(h.dir)
		if err != nil {
			return err
		}
		took, err := recoverOnce(h.dir, hash)
		if err != nil {
			return err
		}
		rates, bare = append(rates, perSecond(n, took)), append(bare, perSecond(n, base))
	}
	report(result("recover: records verified and folded", median(rates), "1/s",
		"the same records read, SHA-256 and CRC32C only", median(bare)))
	return nil
}

// fill writes the journal of 256 traders, closes it, and gives its length and the state's hash.
func fill(ctx context.Context, h *house, hash *[32]byte, trader func(int) *trader) (int, error) {
	var wg sync.WaitGroup
	errs := make(chan error, 256)
	for i := range 256 {
		wg.Go(func() {
			t := trader(i)
			for range recoverRecords / 256 {
				if _, err := h.Do(&t.p, t.next()); err != nil || ctx.Err() != nil {
					errs <- errors.Join(err, ctx.Err())
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
	}
	if err := h.Read(func(s *core.State) { *hash = s.Hash() }); err != nil {
		return 0, err
	}
	n := int(h.Durable())
	return n, h.Close()
}

func recoverOnce(dir string, want [32]byte) (time.Duration, error) {
	begin := time.Now()
	log, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return 0, err
	}
	defer log.Close()
	s, err := engine.Recover(log, log.Last(), nil)
	took := time.Since(begin)
	if err == nil && s.Hash() != want {
		err = errors.New("bench: recovery gives another state")
	}
	return took, err
}

// scan reads every record and hashes it.
func scan(dir string) (time.Duration, error) {
	log, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return 0, err
	}
	defer log.Close()
	begin := time.Now()
	r, err := log.Reader(1)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	sum, table, crc := sha256.New(), crc32.MakeTable(crc32.Castagnoli), uint32(0)
	for {
		_, b, err := r.Next()
		if errors.Is(err, io.EOF) {
			return time.Since(begin), nil
		}
		if err != nil {
			return 0, err
		}
		sum.Write(b)
		crc = crc32.Update(crc, table, b)
	}
}
