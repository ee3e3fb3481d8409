package book_test

import (
	"testing"

	"portcullis/internal/orderstream"
)

// TestStream: the book gives the fills that every correct book gives on the fixed stream.
func TestStream(t *testing.T) {
	ops := orderstream.ForVenue(orderstream.Make())
	v := orderstream.NewMatching()
	for i := range ops {
		v.Do(&ops[i])
	}
	if v.Totals != orderstream.Want {
		t.Errorf("got %+v, want %+v", v.Totals, orderstream.Want)
	}
}
