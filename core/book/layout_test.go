package book

import (
	"reflect"
	"testing"
)

// TestLayout: an order is three cache lines; what finding and cancelling touch is the first, and what filling does the second.
func TestLayout(t *testing.T) {
	if n := reflect.TypeFor[kept]().Size(); n != 3*64 {
		t.Errorf("an order in its slab has %d bytes", n)
	}
	if f, _ := reflect.TypeFor[Order]().FieldByName("Risk"); f.Offset < 64 || f.Offset >= 128 {
		t.Errorf("what a fill looks at is at byte %d", f.Offset)
	}
	if f, _ := reflect.TypeFor[Order]().FieldByName("Price"); f.Offset != 64 {
		t.Errorf("what is touched less begins at byte %d", f.Offset)
	}
}
