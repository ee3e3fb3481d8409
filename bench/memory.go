package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	// memoryEach is how many accounts, orders and credentials there are.
	memoryEach = 1_000_000
	// memoryBound is what the whole process may take with as many accounts and open orders, in bytes.
	memoryBound = 2 << 30
	// credentialBound is what a credential may take in a state, in bytes; an engine has two states.
	credentialBound = 512
	// ordersEach is how many open orders one account has; fewer than it may have.
	ordersEach = 100
)

// Memory measures what an engine, with the writer's state and the readers', takes in memory: the whole process against its
// bound, and each thing against the bytes of the records that made it.
func Memory(ctx context.Context, report Report) error { return memory(ctx, report, memoryEach) }

func memory(ctx context.Context, report Report, n int) error {
	all, err := weigh(ctx, stock{accounts: n, orders: n})
	if err != nil {
		return err
	}
	accounts, err := weigh(ctx, stock{accounts: n})
	if err != nil {
		return err
	}
	keys, err := weigh(ctx, stock{keys: n})
	if err != nil {
		return err
	}
	mega := func(b int64) float64 { return float64(b) / 1e6 }
	each := func(b int64) float64 { return float64(b) / float64(n) }
	of := fmt.Sprintf("memory: an engine with %d accounts and %d open orders, ", n, n)
	report(result(of+"resident", all.resident, "MB", "the bound", mega(memoryBound)))
	report(result(of+"heap", mega(all.heap), "MB", "the bound", mega(memoryBound)))
	const records = "the bytes of its records"
	report(result("memory: an open order, in both states", each(all.heap-accounts.heap), "B", records, each(all.records-accounts.records)))
	report(result("memory: an account with a balance, in both states", each(accounts.heap), "B", records, each(accounts.records)))
	report(result("memory: a credential, in both states", each(keys.heap), "B", "the bound", 2*credentialBound))
	return nil
}

// stock is how much of what a venue has.
type stock struct{ accounts, orders, keys int }

// weight is what a stock takes.
type weight struct {
	resident float64 // the whole process, in MB; 0 where the system does not say
	heap     int64   // the engine's, in bytes
	records  int64   // the journal's, in bytes
}

// weigh makes a journal with that stock, and opens an engine on it.
func weigh(ctx context.Context, x stock) (w weight, err error) {
	h := &house{}
	if h.dir, err = os.MkdirTemp("", "portcullis-bench-*"); err != nil {
		return w, err
	}
	defer h.remove()
	if w.records, err = lay(ctx, h.dir, x); err != nil {
		return w, err
	}
	before := heap()
	if err := h.open(); err != nil {
		return w, err
	}
	w.heap = heap() - before
	w.resident, err = resident("VmRSS")
	return w, err
}

// heap is what lives on it, in bytes; what does not is given back to the system.
func heap() int64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) // #nosec G115 -- no heap has 2^63 bytes
}

// lay writes the journal of a venue with that stock, and gives the bytes of its records.
func lay(ctx context.Context, dir string, x stock) (int64, error) {
	l, err := newLayer(dir)
	if err != nil {
		return 0, err
	}
	defer l.log.Close()
	for i := 0; i < x.accounts && err == nil; i++ {
		a := instruction.Account(i + 2)
		err = errors.Join(l.add(byOperator, &instruction.OpenAccount{Ref: "customer " + strconv.Itoa(i)}),
			l.add(byOperator, &instruction.Credit{Account: a, Asset: 2, Amount: 2_000e8}), ctx.Err())
	}
	for i := 0; i < x.orders && err == nil; i++ {
		if i%ordersEach == 0 {
			err = l.add(byOperator, keyOf(i/ordersEach, instruction.Account(i/ordersEach+2)))
		}
		if err == nil {
			err = errors.Join(l.add(orderOf(i)), ctx.Err())
		}
	}
	if x.keys > 0 && err == nil {
		err = l.add(byOperator, &instruction.OpenAccount{})
	}
	for i := 0; i < x.keys && err == nil; i++ {
		err = errors.Join(l.add(byOperator, keyOf(i, 2)), ctx.Err())
	}
	return l.records, errors.Join(err, l.flush())
}

// orderOf is a small bid, on one of 10,000 prices.
func orderOf(i int) (instruction.Principal, instruction.Instruction) {
	id, err := instruction.ClientIDOf("order" + strconv.Itoa(i))
	if err != nil {
		panic(err) // letters and digits, and not many
	}
	return instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(i/ordersEach + 1)},
		&instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC,
			Price: money.Price(1+i%10_000) * 1e8, Qty: 1e5, ClientID: id}
}
