// A thousand nights take minutes under the race detector, and there is one goroutine in them.

//go:build !race

package incident

import (
	"math/rand/v2"
	"os"
	"testing"

	"portcullis/core/instruction"
	"portcullis/scenario/house"
)

// expected is what a legacy venue does about the thief's calls in their order, worked out from the calls alone: at which call
// the first incident opens, how many orders trade, how many withdrawals are held, how many keys go into quarantine, and how many
// withdrawals these had asked for before.
func expected(t *thief) (opens, traded, held, shut, disowned int) {
	tombstones, living := map[instruction.Network]int{}, map[instruction.Network]int{}
	used, quarantined, asked := map[int]bool{}, map[int]bool{}, map[int]int{}
	for i, c := range t.calls {
		k := t.loot[c.key]
		n := instruction.NetworkOf(k.from)
		switch {
		case k.deleted != 0 && !used[c.key]:
			tombstones[n]++
		case k.deleted == 0 && !used[c.key]:
			living[n]++
		}
		used[c.key] = true
		if opens == 0 && (tombstones[n] > 1 || tombstones[n] > 0 && living[n] > 0) {
			opens = i + 1
		}
		if c.act == reads {
			continue
		}
		if tombstones[n] > 0 && !quarantined[c.key] {
			quarantined[c.key] = true
			shut++
			disowned += asked[c.key]
		}
		switch {
		case quarantined[c.key]:
		case c.act == orders:
			traded++
		default:
			held++
			asked[c.key]++
		}
	}
	return
}

// alone moves honest customers out of the thief's networks: a living key of theirs that was new there once counts with the
// first deleted one, so that the incident would open earlier than the thief's calls alone make it.
func (x *replay) alone() {
	for i := range x.customers {
		for _, a := range thiefAddrs {
			if instruction.NetworkOf(x.customers[i].from) == instruction.NetworkOf(a) {
				x.customers[i].from = ownNetwork(i)
			}
		}
	}
}

// hasten has the thief work and the owners answer eight times as fast, so that a thousand nights take little time.
func (x *replay) hasten() {
	x.haste = 8
	x.agenda.Remove(func(t task) bool { return t.kind == theftCall })
	for i := range x.thief.calls {
		c := &x.thief.calls[i]
		c.at = theftAt + (c.at-theftAt)/8
		x.agenda.Add(c.at, task{kind: theftCall, who: i})
	}
}

// TestOrders: whatever the order of the thief's calls, on a venue of legacy keys no withdrawal leaves before its owner could
// stop it, the incident opens at the second deleted key that is used from one network, or at the first together with a living
// one, and no honest customer is stopped.
func TestOrders(t *testing.T) {
	deep := os.Getenv("PORTCULLIS_DEPTH") == "soak"
	o, until := Options{Gate: house.Legacy, Seed: 1, Customers: MinCustomers, Pace: 120 * instruction.Second}, theftAt+3*hour
	if deep {
		o, until = Options{Gate: house.Legacy, Seed: 1}, theftEnd+13*hour
	}
	x, err := newZaif(o)
	if err != nil {
		t.Fatal(err)
	}
	x.alone()
	if err := x.run(t.Context(), theftAt-minute); err != nil {
		t.Fatal(err)
	}
	if !deep {
		x.hasten()
	}
	for seed := range uint64(1000) {
		y, err := x.clone()
		if err != nil {
			t.Fatal(err)
		}
		y.thief.shuffle(rand.New(rand.NewPCG(seed, 4)))
		if err := y.run(t.Context(), until); err != nil {
			t.Fatalf("order of seed %d: %v", seed, err)
		}
		y.finish()
		if y.stands(t); t.Failed() {
			t.Fatalf("the order of seed %d", seed)
		}
	}
}

// stands holds what must hold after any order of the calls.
func (x *replay) stands(t *testing.T) {
	r := &x.result
	thieving(t, r)
	opens, traded, held, shut, disowned := expected(&x.thief)
	if r.IncidentOpenedAtCall != opens || r.OrdersExecuted != traded || r.WithdrawalsHeld != held || r.Quarantined != shut {
		t.Errorf("incident at call %d, %d orders, %d held, %d keys in quarantine; want %d, %d, %d, %d",
			r.IncidentOpenedAtCall, r.OrdersExecuted, r.WithdrawalsHeld, r.Quarantined, opens, traded, held, shut)
	}
	if r.WithdrawalsExecuted != 0 || r.stopped() != held || r.StoppedByShutting > disowned { // an owner may have been faster
		t.Errorf("%d withdrawals went out; of %d held, owners stopped %d, the operator %d, and %d ended with their keys, of at most %d",
			r.WithdrawalsExecuted, held, r.StoppedByOwner, r.StoppedByOperator, r.StoppedByShutting, disowned)
	}
	if r.HonestDenied != 0 || r.QuarantinedHonest != 0 {
		t.Errorf("honest customers were denied %d times, %d keys of theirs quarantined", r.HonestDenied, r.QuarantinedHonest)
	}
	if err := x.house.State.Check(); err != nil {
		t.Error(err)
	}
}
