package backtest

import (
	"context"
	"fmt"
	"io"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/journal"
)

// Bounds of what is read ahead of folding.
const (
	batches      = 4
	batchRecords = 512
	batchBytes   = 256 << 10
)

// item is a record that was read, with its instruction where that is one that rules judge.
type item struct {
	rec instruction.Record
	in  instruction.Instruction
}

// batch is records that were read one after the other. It owns their bytes.
type batch struct {
	items []item
	bytes []byte
	err   error // why no more come, nil where more do; io.EOF behind the last that is wanted
}

func newBatch() *batch {
	return &batch{items: make([]item, 0, batchRecords), bytes: make([]byte, 0, batchBytes)}
}

func (b *batch) clear() { b.items, b.bytes, b.err = b.items[:0], b.bytes[:0], nil }

// take decodes a record behind the others. It is false where there is no room for it.
func (b *batch) take(seq uint64, raw []byte, judged uint64) (bool, error) {
	if len(b.items) == cap(b.items) || len(b.items) > 0 && len(b.bytes)+len(raw) > cap(b.bytes) {
		return false, nil
	}
	from := len(b.bytes)
	b.bytes = append(b.bytes, raw...) // which moves what was there only where nothing was
	b.items = append(b.items, item{})
	x := &b.items[len(b.items)-1]
	err := x.rec.Decode(seq, b.bytes[from:])
	if err == nil && seq >= judged && core.Ruled(&x.rec) != 0 {
		x.in, err = x.rec.Instruction()
	}
	if err != nil {
		b.items = b.items[:len(b.items)-1]
		err = fmt.Errorf("record %d: %w", seq, err)
	}
	return true, err
}

// stream reads records of a log, a goroutine of its own ahead of who folds them.
type stream struct {
	full, empty chan *batch
}

// read begins to read behind one record, up to another. Instructions are read from the record judged on. It ends with ctx.
func read(ctx context.Context, r journal.Reader, behind, last, judged uint64) *stream {
	s := &stream{full: make(chan *batch, batches), empty: make(chan *batch, batches)}
	for range batches {
		s.empty <- newBatch()
	}
	go s.run(ctx, r, behind, last, judged)
	return s
}

// run fills batches until there is no more, or nobody wants them.
func (s *stream) run(ctx context.Context, r journal.Reader, seq, last, judged uint64) {
	defer close(s.full)
	var raw []byte // read, and not yet in a batch
	for {
		var b *batch
		select {
		case b = <-s.empty:
		case <-ctx.Done():
			return
		}
		b.clear()
		for room := true; room && b.err == nil; {
			if raw == nil {
				if seq, raw, b.err = next(r, seq, last); b.err != nil {
					break
				}
			}
			if room, b.err = b.take(seq, raw, judged); room {
				raw = nil
			}
		}
		s.full <- b // there is room for all
		if b.err != nil {
			return
		}
	}
}

// next is the record behind one; io.EOF behind the last that is wanted.
func next(r journal.Reader, seq, last uint64) (uint64, []byte, error) {
	if seq == last {
		return seq, nil, io.EOF
	}
	at, raw, err := r.Next()
	if err == io.EOF { // of a journal that was said to reach to last
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return seq, nil, fmt.Errorf("behind record %d: %w", seq, err)
	}
	return at, raw, nil
}
