// One goroutine plays a night: the race detector has nothing to find in it, and takes minutes.

//go:build !race

package incident

import (
	"bytes"
	"encoding/json"
	"testing"

	"portcullis/core/instruction"
	"portcullis/scenario/house"
)

// small is a replay with fewer honest customers, who do less.
func small(g house.Gate, seed uint64) Options {
	return Options{Gate: g, Seed: seed, Customers: MinCustomers, Pace: 20 * instruction.Second}
}

// replayed is a replay's result and transcript.
func replayed(t *testing.T, o Options) (Result, string) {
	t.Helper()
	var text bytes.Buffer
	o.Say = func(line string) { text.WriteString(line + "\n") }
	r, err := Zaif2018(t.Context(), o)
	if err != nil {
		t.Fatalf("gate %v, seed %d: %v", o.Gate, o.Seed, err)
	}
	return r, text.String()
}

// thieving is what of a result says what the thief did, whatever came of it.
func thieving(t *testing.T, r *Result) {
	t.Helper()
	p := &Published
	if r.KeysUsed != p.Keys || r.TombstonesUsed != p.Tombstones || r.Addresses != p.Addresses || r.Calls != p.Keys+p.Orders+p.Withdrawals {
		t.Errorf("the thief used %d keys, %d of them deleted, from %d addresses, in %d calls", r.KeysUsed, r.TombstonesUsed, r.Addresses, r.Calls)
	}
	if r.WithdrawalsAttempted != p.Withdrawals || r.WithdrawalAccounts != p.WithdrawalAccounts || r.OrdersAttempted != p.Orders {
		t.Errorf("the thief tried %d withdrawals from %d accounts, %d orders", r.WithdrawalsAttempted, r.WithdrawalAccounts, r.OrdersAttempted)
	}
	if r.KeysAtRisk != p.KeysAtRisk {
		t.Errorf("%d keys at risk, want %d", r.KeysAtRisk, p.KeysAtRisk)
	}
}

// TestCast: the keys are of the days that were published, and every address is one of a range that is nobody's.
func TestCast(t *testing.T) {
	x, err := newZaif(small(house.Off, 5))
	if err != nil {
		t.Fatal(err)
	}
	p := &Published
	if oldest, newest, deleted := x.thief.span(); oldest != p.OldestCreated || newest != p.NewestCreated || deleted != p.OldestDeletion {
		t.Errorf("keys created %s to %s, deleted from %s on", oldest, newest, deleted)
	}
	for _, k := range x.thief.loot {
		if key := x.house.State.Key(k.credential); key.Created != k.created || (key.Revoked != 0) != (k.deleted != 0) || k.created >= riskUntil {
			t.Errorf("key %d: created %v, deleted %v, and the venue has %v, %v", k.credential, k.created.Std(), k.deleted.Std(), key.Created.Std(), key.Revoked.Std())
		}
	}
	nat := map[instruction.Network]int{}
	for i := range x.customers {
		nat[instruction.NetworkOf(x.customers[i].from)]++
	}
	if n := nat[instruction.NetworkOf(home(0))]; n != MinCustomers/sharesNAT {
		t.Errorf("%d customers behind one network, want %d", n, MinCustomers/sharesNAT)
	}
	for _, a := range thiefAddrs[:3] {
		if n := nat[instruction.NetworkOf(a)]; n != neighbours {
			t.Errorf("%d honest customers in the thief's network %v, want %d", n, a, neighbours)
		}
	}
}

// TestGateOff: the venue of the time loses what it lost.
func TestGateOff(t *testing.T) {
	for seed := range uint64(3) {
		r, _ := replayed(t, small(house.Off, seed))
		thieving(t, &r)
		p := &Published
		if r.OrdersExecuted != p.Orders || r.OrderAccounts != p.OrderAccounts {
			t.Errorf("seed %d: %d orders on %d accounts", seed, r.OrdersExecuted, r.OrderAccounts)
		}
		if r.CallsDenied != p.Tombstones {
			t.Errorf("seed %d: %d calls came to nothing, want those with the %d deleted keys", seed, r.CallsDenied, p.Tombstones)
		}
		if r.HonestDenied != 0 || r.Quarantined != 0 || r.Incidents != 0 || r.IncidentOpenedAtCall != 0 {
			t.Errorf("seed %d: a gate that stands open stopped somebody: %+v", seed, r)
		}
		if r.WithdrawalsExecuted != p.Withdrawals || r.WithdrawalsHeld != 0 || r.UnrelatedExecuted != 1 {
			t.Errorf("seed %d: %d withdrawals went out, %d waited, %d of the other theft", seed, r.WithdrawalsExecuted, r.WithdrawalsHeld, r.UnrelatedExecuted)
		}
		if r.HonestDropped == 0 || r.HonestWithdrawals == 0 {
			t.Errorf("seed %d: rights were cut from %d who noticed, %d honest withdrawals", seed, r.HonestDropped, r.HonestWithdrawals)
		}
		if r.HonestInstructions < 10_000 {
			t.Errorf("seed %d: only %d instructions of honest customers", seed, r.HonestInstructions)
		}
	}
}

// TestSameAgain: the same options give the same result and transcript, to the byte.
func TestSameAgain(t *testing.T) {
	r, text := replayed(t, small(house.Off, 9))
	again, textAgain := replayed(t, small(house.Off, 9))
	r.DropMillis, again.DropMillis = 0, 0
	a, _ := json.Marshal(r)
	b, _ := json.Marshal(again)
	if !bytes.Equal(a, b) || text != textAgain {
		t.Errorf("two replays of seed 9 differ:\n%s\n%s", a, b)
	}
}

// TestGateOn: with keys as this venue makes them nothing trades and nothing leaves, and the deleted keys tell of the theft.
func TestGateOn(t *testing.T) {
	for seed := range uint64(3) {
		r, _ := replayed(t, small(house.On, seed))
		thieving(t, &r)
		if r.OrdersExecuted != 0 || r.WithdrawalsExecuted != 0 || r.WithdrawalsHeld != 0 {
			t.Errorf("seed %d: %d orders traded, %d withdrawals went out, %d wait", seed, r.OrdersExecuted, r.WithdrawalsExecuted, r.WithdrawalsHeld)
		}
		if r.CallsDenied != r.Calls {
			t.Errorf("seed %d: %d of %d calls came to nothing", seed, r.CallsDenied, r.Calls)
		}
		if r.IncidentOpenedAtCall == 0 || r.Quarantined != 0 {
			t.Errorf("seed %d: incident at call %d, %d keys in quarantine: it is the mandates that keep the thief out", seed, r.IncidentOpenedAtCall, r.Quarantined)
		}
		apart(t, &r)
	}
}

// TestGateLegacy: with the careless keys of the time nothing leaves either. An incident opens with the thief's first deleted
// key or later; orders trade only before it has.
func TestGateLegacy(t *testing.T) {
	for seed := range uint64(3) {
		r, _ := replayed(t, small(house.Legacy, seed))
		thieving(t, &r)
		if r.WithdrawalsExecuted != 0 || r.stopped() != r.WithdrawalsHeld {
			t.Errorf("seed %d: %d withdrawals went out, %d waited, owners stopped %d, the operator %d, their keys' quarantine %d",
				seed, r.WithdrawalsExecuted, r.WithdrawalsHeld, r.StoppedByOwner, r.StoppedByOperator, r.StoppedByShutting)
		}
		if r.IncidentOpenedAtCall == 0 || r.Quarantined == 0 || r.OrdersExecuted >= Published.Orders {
			t.Errorf("seed %d: incident at call %d, %d keys in quarantine, %d orders", seed, r.IncidentOpenedAtCall, r.Quarantined, r.OrdersExecuted)
		}
		if r.QuarantinedHonest != 0 || r.HonestDenied != 0 {
			t.Errorf("seed %d: honest customers: %d keys quarantined, %d denials: %v", seed, r.QuarantinedHonest, r.HonestDenied, r.HonestDenials)
		}
		if r.HonestDropped == 0 || r.HonestWithdrawals == 0 || r.HonestHeld == 0 {
			t.Errorf("seed %d: the honest are not as they should be: %d dropped, %d withdrawals, %d held", seed, r.HonestDropped, r.HonestWithdrawals, r.HonestHeld)
		}
		apart(t, &r)
	}
}

// apart: the theft of 9 January comes to nothing, and is taken for no part of the incident.
func apart(t *testing.T, r *Result) {
	t.Helper()
	if r.UnrelatedExecuted != 0 || r.UnrelatedInIncident {
		t.Errorf("gate %v, seed %d: unrelated theft: executed %d, in the incident %v", r.Gate, r.Seed, r.UnrelatedExecuted, r.UnrelatedInIncident)
	}
}

// TestAsleep: where nobody answers anything, what the thief asked for waits its day, and ends at once with the quarantine of
// its key.
func TestAsleep(t *testing.T) {
	x, err := newZaif(small(house.Legacy, 2))
	if err != nil {
		t.Fatal(err)
	}
	x.asleep = true
	made, hears := map[instruction.PayoutID]instruction.Time{}, x.house.Heard
	x.house.Heard = func(r *instruction.Record, e instruction.Event) {
		switch e := e.(type) {
		case *instruction.PayoutMade:
			made[e.ID] = r.Time
		case *instruction.PayoutMoved:
			if x.payouts[e.ID] == theThief && e.State == instruction.PayoutClaimed && r.Time < made[e.ID]+instruction.Day {
				t.Errorf("payout %d left after %v", e.ID, (r.Time-made[e.ID])/instruction.Second)
			}
		}
		hears(r, e)
	}
	if err := x.run(t.Context(), endAt); err != nil {
		t.Fatal(err)
	}
	r := &x.result
	if r.WithdrawalsHeld == 0 || r.WithdrawalsExecuted+r.StoppedByShutting != r.WithdrawalsHeld || r.UnrelatedHeld != 1 || r.UnrelatedExecuted != 1 {
		t.Errorf("%d waited, %d went out, %d were stopped by the venue; of the other theft %d, %d",
			r.WithdrawalsHeld, r.WithdrawalsExecuted, r.StoppedByShutting, r.UnrelatedHeld, r.UnrelatedExecuted)
	}
}

// TestThiefNextDoor: the thief calls from the network that hundreds of honest customers share. They trade on, whatever deleted
// keys are named there; and still nothing leaves, not even by keys of theirs, which are at home there.
func TestThiefNextDoor(t *testing.T) {
	for seed := range uint64(2) {
		x, err := newZaif(small(house.Legacy, seed))
		if err != nil {
			t.Fatal(err)
		}
		for i := range x.thief.loot {
			x.thief.loot[i].from = home(3 * i)
		}
		if err := x.run(t.Context(), endAt); err != nil {
			t.Fatal(err)
		}
		r := &x.result
		if r.WithdrawalsAttempted != Published.Withdrawals || r.WithdrawalsExecuted != 0 || r.stopped() != r.WithdrawalsHeld {
			t.Errorf("seed %d: of %d withdrawals %d went out, %d waited, owners stopped %d, the operator %d, their keys' quarantine %d",
				seed, r.WithdrawalsAttempted, r.WithdrawalsExecuted, r.WithdrawalsHeld, r.StoppedByOwner, r.StoppedByOperator, r.StoppedByShutting)
		}
		if r.HonestDenied != 0 || r.QuarantinedHonest != 0 || r.Quarantined == 0 {
			t.Errorf("seed %d: honest customers were denied %d times (%v), %d of %d keys in quarantine are theirs",
				seed, r.HonestDenied, r.HonestDenials, r.QuarantinedHonest, r.Quarantined)
		}
	}
}
