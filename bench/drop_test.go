package bench

import "testing"

// TestDrop: the measurement shuts all keys, and gives its one figure beside the bound.
func TestDrop(t *testing.T) {
	var got []Result
	if err := drop(t.Context(), func(r Result) { got = append(got, r) }, 2000); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Value <= 0 || got[0].BaselineValue != dropBound {
		t.Errorf("%+v", got)
	}
}
