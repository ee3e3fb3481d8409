package orderstream

import (
	"fmt"
	"slices"
	"time"
)

// Comparison is what Compare measured: nanoseconds for one operation, the least of the runs: the work is the same
// each time, so whatever is above the least is the machine's.
type Comparison struct {
	Runs      int
	Matching  float64 // the venue's book, with events
	Pipeline  float64 // the whole core: judged, matched, posted, written down
	Reference float64 // the bare book, without events
}

// Compare times all three on the stream, in turns. It fails when one does not give what every correct book gives.
func Compare(runs int) (Comparison, error) {
	ops := Make()
	venueOps := ForVenue(ops)
	var matching, pipeline, reference []float64
	for range runs {
		m := NewMatching()
		took := timed(venueOps, m.Do)
		if m.Totals != Want {
			return Comparison{}, fmt.Errorf("matching gives %+v where every correct book gives %+v", m.Totals, Want)
		}
		matching = append(matching, took)

		p := NewPipeline()
		took = timed(venueOps, p.Do)
		if fills := int64(p.state.Market(1).LastTrade); p.err != nil || fills != Want.Fills {
			return Comparison{}, fmt.Errorf("the core gives %d fills where every correct book gives %d: %w", fills, Want.Fills, p.err)
		}
		pipeline = append(pipeline, took)

		r := NewReference()
		took = timed(ops, r.Do)
		if r.Totals != Want {
			return Comparison{}, fmt.Errorf("the reference gives %+v where every correct book gives %+v", r.Totals, Want)
		}
		reference = append(reference, took)
	}
	return Comparison{Runs: runs, Matching: slices.Min(matching), Pipeline: slices.Min(pipeline), Reference: slices.Min(reference)}, nil
}

// timed runs the stream and gives the nanoseconds for one operation after the start, in which nothing trades.
func timed[T any](ops []T, do func(*T)) float64 {
	for i := range ops[:Start] {
		do(&ops[i])
	}
	begin := time.Now()
	for i := range ops[Start:] {
		do(&ops[Start+i])
	}
	return float64(time.Since(begin).Nanoseconds()) / float64(len(ops)-Start)
}
