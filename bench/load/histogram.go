package load

import (
	"math/bits"
	"time"
)

// steps is how many buckets there are from one power of two to the next: what is read out is at most 1/64 too high.
const steps = 64

// histogram counts times, in nanoseconds. It is for one goroutine.
type histogram struct {
	buckets [64 * steps]uint64
	count   uint64
	most    time.Duration
}

// bucket is where a time is counted.
func bucket(d time.Duration) int {
	n := uint64(max(d, 0))
	if n < steps {
		return int(n)
	}
	shift := bits.Len64(n) - bits.Len64(steps) // n>>shift has one bit more than steps-1 has
	return (shift+1)*steps + int(n>>shift) - steps
}

// top is the greatest time that is counted in a bucket.
func top(i int) time.Duration {
	if i < steps {
		return time.Duration(i)
	}
	shift := i/steps - 1
	return time.Duration((uint64(i%steps+steps)+1)<<shift - 1)
}

func (h *histogram) add(d time.Duration) {
	h.buckets[bucket(d)]++
	h.count++
	h.most = max(h.most, d)
}

func (h *histogram) merge(x *histogram) {
	for i, n := range x.buckets {
		h.buckets[i] += n
	}
	h.count += x.count
	h.most = max(h.most, x.most)
}

// at is the time that a share of all did not exceed, in thousandths.
func (h *histogram) at(permille uint64) time.Duration {
	rank := (h.count*permille + 999) / 1000
	seen := uint64(0)
	for i, n := range h.buckets {
		if seen += n; seen >= rank && n > 0 {
			return min(top(i), h.most)
		}
	}
	return h.most
}

// Latency is percentiles, in milliseconds, from when a request was due to its answer.
type Latency struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99_9"`
	Max  float64 `json:"max"`
}

func (h *histogram) latency() Latency {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Latency{ms(h.at(500)), ms(h.at(900)), ms(h.at(990)), ms(h.at(999)), ms(h.most)}
}
