package budget

import (
	"reflect"
	"testing"

	"portcullis/core/instruction"
)

// TestSize: what keys cost here, and that only a first charge makes room.
func TestSize(t *testing.T) {
	b := New()
	b.Charge(start, Party{Credential: 1_000_000, Account: 2}, 1, 1)
	size := int(reflect.TypeFor[meter]().Size())
	if ids, meters := b.credentials.Room(); 4*ids+size*meters > 1_000_000/10 {
		t.Errorf("a million keys that never traded cost %d ids and %d meters", ids, meters)
	}
	for c := instruction.Credential(1); c < 1_000_000; c += 1 << 10 {
		b.Charge(start, Party{Credential: c, Account: 2}, 1, 1)
	}
	if ids, meters := b.credentials.Room(); 4*ids > 4_100_000 || meters > b.credentials.Len()+2<<7 {
		t.Errorf("a million keys of which %d traded cost %d ids and %d meters", b.credentials.Len(), ids, meters)
	}
	if one, of := reflect.TypeFor[meter]().Size(), reflect.TypeFor[past]().Size(); one != 64 || of != 256 {
		t.Errorf("a meter has %d bytes, and %d of the past", one, of)
	}
	waits := start
	if n := testing.AllocsPerRun(100, func() {
		waits += hour
		b.Charge(waits, Party{Credential: 1, Account: 2}, 5, 6)
		b.Charge(waits, Party{Credential: 1, Account: 2}, -5, 6)
		b.Reserve(Party{Credential: 1, Account: 2}, 5)
		b.Free(Party{Credential: 1, Account: 2}, 5)
		b.Left(waits, Party{Credential: 1, Account: 2}, rich)
		b.Expose(waits, 2, 1, 1, 1)
		e := b.Exposure(waits, 2, 1).With(3, 4)
		e.Net(at(5))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestStatement: what a customer is told of one budget.
func TestStatement(t *testing.T) {
	b := New()
	b.Charge(start, one, 3_000, 100)
	b.Charge(start+4*hour, one, 5_000, 200)
	b.Reserve(one, 1_000)
	set(t, b, ofSub, 10_000, 30_000)
	s := b.Statement(start+5*hour, one, Equity{Own: million, Family: 10 * million})
	want := Account{10_000, 10_000, 8_000, nil, 1_000, 8_000, 50_000, 1_000}
	back := []Return{{start + 26*hour, 3_000}, {start + 30*hour, 5_000}}
	if len(s.Loss.Back) != 2 || s.Loss.Back[0] != back[0] || s.Loss.Back[1] != back[1] {
		t.Errorf("%+v come back", s.Loss.Back)
	}
	if s.Loss.Back = nil; !reflect.DeepEqual(s.Loss, want) || s.Equity != million {
		t.Errorf("%+v", s)
	}
	want = Account{30_000, 30_000, 300, nil, 0, 300, 300_000, 29_700}
	if s.Fees.Back = nil; !reflect.DeepEqual(s.Fees, want) {
		t.Errorf("%+v", s.Fees)
	}
	s = b.Statement(start+5*hour, Party{Account: master1}, Equity{Own: million, Family: 10 * million})
	if s.Equity != 10*million || s.Loss.Limit != 200_000 || s.Loss.Left != 191_000 {
		t.Errorf("%+v", s)
	}
}
