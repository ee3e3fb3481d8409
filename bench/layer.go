package bench

import (
	"encoding/binary"
	"errors"
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/journal"
)

// layer writes a journal without an engine: nothing waits for anybody's disk.
type layer struct {
	state   *core.State
	log     *journal.Files
	batch   journal.Batch
	time    instruction.Time
	records int64 // bytes
}

// newLayer begins a journal with a market.
func newLayer(dir string) (*layer, error) {
	log, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return nil, err
	}
	l := &layer{state: core.New(), log: log, time: 1_700_000_000 * instruction.Second}
	l.batch.Reset(1)
	for _, in := range founding() {
		err = errors.Join(err, l.add(byOperator, in))
	}
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return l, nil
}

var byOperator = instruction.Principal{Giver: instruction.ByOperator}

func keyOf(i int, a instruction.Account) *instruction.CreateKey {
	k := &instruction.CreateKey{Account: a, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}}
	binary.LittleEndian.PutUint64(k.ID[:], uint64(i)+1) // as good as the hashes that they are
	return k
}

// add carries out one instruction. One that was not carried out would make the figures small.
func (l *layer) add(p instruction.Principal, in instruction.Instruction) error {
	l.time += instruction.Millisecond
	buf := l.batch.Open()
	record, err := l.state.Step(l.time, &p, in, buf)
	if err != nil {
		return err
	}
	var r instruction.Record
	if err := r.Decode(1, record[len(buf):]); err != nil {
		return err
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		return fmt.Errorf("bench: %T came to nothing: %v, %v", in, r.Verdict.Reason(), why)
	}
	l.records += int64(len(record) - len(buf))
	l.batch.Close(record)
	if l.batch.Size() > 1<<20 {
		return l.flush()
	}
	return nil
}

func (l *layer) flush() error {
	if l.batch.Len() == 0 {
		return nil
	}
	err := l.log.Append(&l.batch)
	l.batch.Reset(l.log.Last() + 1)
	return err
}
