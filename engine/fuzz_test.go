package engine

import (
	"bytes"
	"testing"

	"portcullis/core/instruction"
	"portcullis/journal"
)

// FuzzSnapshot reads the header of a snapshot from any bytes. What it takes is what it writes.
func FuzzSnapshot(f *testing.F) {
	seeds := []Snapshot{
		{Place: journal.Place{Seq: 1}, Layout: 1, Size: 0},
		{Place: journal.Place{Seq: 1 << 40, Hash: journal.Hash{1, 2, 3}}, Layout: instruction.Version, Size: 1 << 30, State: [32]byte{9}},
	}
	for _, s := range seeds {
		f.Add(s.encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != snapshotHeader {
			return // a reader gives as many or none
		}
		s, err := decodeSnapshot(b)
		if err == nil && !bytes.Equal(s.encode(), b) {
			t.Fatalf("%+v is written in two ways", s)
		}
	})
}
