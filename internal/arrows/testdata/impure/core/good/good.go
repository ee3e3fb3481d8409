// Package good has what the law allows although it looks close to what it forbids.
package good

import (
	"fmt"
	"math"
	"time"
)

type Money int64

const (
	Most  Money = math.MaxInt64
	Scale       = 100_000_000
	Slot        = 2 * time.Hour
)

func Sum(s []Money, seen map[string]bool) (sum Money, err error) {
	for _, m := range s {
		sum += m / 2 * Scale
	}
	if seen["x"] {
		err = fmt.Errorf("x at %v", time.UnixMicro(int64(sum)).UTC())
	}
	for i := range 3 {
		sum += Money(i)
	}
	delete(seen, "x")
	return sum, err
}

func Each[S ~[]E, E any](s S, do func(E)) {
	for _, e := range s {
		do(e)
	}
}
