package book

import (
	"reflect"
	"testing"
)

// TestLayout: an order is three cache lines, and what finding and cancelling touch is the first.
func TestLayout(t *testing.T) {
	if n := reflect.TypeFor[kept]().Size(); n != 3*64 {
		t.Errorf("an order in its slab has %d bytes", n)
	}
	if f, _ := reflect.TypeFor[Order]().FieldByName("Price"); f.Offset != 64 {
		t.Errorf("what is touched less begins at byte %d", f.Offset)
	}
}
