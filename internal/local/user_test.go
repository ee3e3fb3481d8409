package local

import (
	"math"
	"testing"
)

// TestCheckUsers: whom the system names where it does not know better is nobody's name.
func TestCheckUsers(t *testing.T) {
	if err := CheckUsers([]uint32{0, 1000, 54321}); err != nil {
		t.Error(err)
	}
	for _, u := range []uint32{65534, math.MaxUint32} {
		if err := CheckUsers([]uint32{1000, u}); err == nil {
			t.Errorf("user %d", u)
		}
	}
}
