package wallet

import (
	"context"
	"fmt"
	"sync"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
)

// watched are the scripts of all addresses of the venue. All are P2WPKH: a version, a length, and 20 bytes that tell them apart,
// which is all that a million of them can be asked to cost.
type watched struct {
	mu sync.RWMutex
	of map[[20]byte]instruction.Account
}

const programAt = 2 // of the script; see coin

func program(script []byte) (p [20]byte, ok bool) {
	if len(script) != programAt+len(p) || script[0] != 0 || script[1] != byte(len(p)) {
		return p, false
	}
	return [20]byte(script[programAt:]), true
}

func (w *watched) add(script []byte, a instruction.Account) {
	if p, ok := program(script); ok {
		w.mu.Lock()
		w.of[p] = a
		w.mu.Unlock()
	}
}

// sliceAddresses is how many addresses are read from the state at once.
const sliceAddresses = 10_000

// watchAll takes in all addresses that are on record.
func (l *Line) watchAll() error {
	l.watched.of = make(map[[20]byte]instruction.Account)
	l.watched.add(l.hot, instruction.Fees)
	for from, more := 0, true; more; from += sliceAddresses {
		var accounts []instruction.Account
		var addresses []string
		err := l.read(func(_ *core.State, c *chain.Chain) {
			all := c.Issued()
			end := min(len(all), from+sliceAddresses)
			more = end < len(all)
			accounts = append(accounts, all[min(from, end):end]...)
			for _, a := range accounts {
				addresses = append(addresses, c.Address(a))
			}
		})
		if err != nil {
			return err
		}
		for i, a := range addresses {
			script, err := l.network.Script(a)
			if err != nil {
				return fmt.Errorf("wallet: an address on record: %w", err)
			}
			l.watched.add(script, accounts[i])
		}
	}
	return nil
}

// DepositAddress is the account's address for deposits: the one on record, or a new one, which is on record and watched before
// anybody is told of it.
func (l *Line) DepositAddress(_ context.Context, a instruction.Account) (string, error) {
	var known string
	if err := l.read(func(_ *core.State, c *chain.Chain) { known = c.Address(a) }); err != nil || known != "" {
		return known, err
	}
	address, script, err := l.public.Address(false, uint32(a))
	if err != nil {
		return "", err
	}
	l.watched.add(script, a)
	_, why, err := l.give(&instruction.IssueAddress{Asset: l.Asset, Account: a, Address: address})
	if err != nil {
		return "", err
	}
	if why == instruction.AddressIssuedBefore { // by another request, at the same time
		return address, nil
	}
	if why != 0 {
		return "", fmt.Errorf("wallet: no address for account %d: %s", a, why.Sentence())
	}
	return address, nil
}
