package scenario

import (
	"portcullis/core"
	"portcullis/core/instruction"
)

// Doer takes instructions: an engine does, and so does Direct.
type Doer interface {
	Do(*instruction.Principal, instruction.Instruction) (instruction.Record, error)
}

// Reader shows the state. What it shows must not be kept or changed.
type Reader interface {
	Read(func(*core.State)) error
}

// House is a venue that a market can be run in. An engine is one.
type House interface {
	Doer
	Reader
	Now() instruction.Time // the venue's clock
}

// Direct runs a bare state as a House: nothing is durable, and time is what Time says. It is for one goroutine.
type Direct struct {
	State *core.State
	Time  instruction.Time
	Seq   uint64                          // of the last record
	Keep  func(seq uint64, record []byte) // where it is not nil, sees each record; the bytes are valid until it returns
	buf   []byte
}

// Do has the instruction judged and carried out at once. The record is valid until the next call.
func (d *Direct) Do(p *instruction.Principal, in instruction.Instruction) (instruction.Record, error) {
	var r instruction.Record
	b, err := d.State.Step(d.Time, p, in, d.buf[:0])
	if err != nil {
		return r, err
	}
	d.buf = b
	d.Seq++
	if d.Keep != nil {
		d.Keep(d.Seq, b)
	}
	return r, r.Decode(d.Seq, b)
}

// Read shows the state.
func (d *Direct) Read(fn func(*core.State)) error {
	fn(d.State)
	return nil
}

// Now is Time.
func (d *Direct) Now() instruction.Time { return d.Time }
