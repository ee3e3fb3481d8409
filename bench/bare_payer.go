package bench

import (
	"context"
	"fmt"
	"time"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// barePayer builds, signs and sends, one after the other, and keeps nothing on record: coins take turns, and what is left of each
// comes back behind the others.
type barePayer struct {
	mint  *mint
	keys  *coin.Keys
	hot   []byte
	coins []coin.Input
	to    []string
}

func newBarePayer(ctx context.Context, m *mint, s stack) (*barePayer, error) {
	keys, err := coin.NewSeed().Account(m.network)
	if err != nil {
		return nil, err
	}
	b := &barePayer{mint: m, keys: keys}
	for range tillAccounts * tillAddresses {
		b.to = append(b.to, m.stranger())
	}
	if _, b.hot, err = keys.Public().Address(true, 0); err != nil {
		return nil, err
	}
	id, err := m.pay(ctx, b.hot, s)
	for i := range s.coins {
		b.coins = append(b.coins, coin.Input{Coin: instruction.Outpoint{Tx: id, Index: uint32(i)}, Value: s.value, Change: true}) // #nosec G115 -- coin.MaxSize bounds it
	}
	return b, err
}

// pay is how long it takes until so many payouts, so many with a transaction, are with the node.
func (b *barePayer) pay(ctx context.Context, n, batch int) (time.Duration, error) {
	began := time.Now()
	for first := 0; first < n; first += batch {
		if err := b.send(ctx, first, min(batch, n-first)); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// bareRate is what the node relays, for 1000 virtual bytes.
const bareRate = 1000

func (b *barePayer) send(ctx context.Context, first, n int) error {
	outs := make([]coin.Out, 0, n+1)
	for i := range n {
		script, err := b.mint.network.Script(b.to[(first+i)%len(b.to)])
		if err != nil {
			return err
		}
		outs = append(outs, coin.Out{Script: script, Value: payoutAmount - payoutFee})
	}
	in := b.coins[0]
	outs = append(outs, coin.Out{Script: b.hot})
	fee := int64(coin.Size(1, outs)*bareRate+999) / 1000
	rest := in.Value - int64(n)*(payoutAmount-payoutFee) - fee
	outs[n].Value = rest
	raw, id, err := coin.Sign(b.mint.network, b.keys, []coin.Input{in}, outs)
	if err != nil {
		return err
	}
	if r := b.mint.Client().Send(ctx, raw); r.Outcome != coin.Accepted {
		return fmt.Errorf("bench: the node does not take a payment: %v %s", r.Outcome, r.Reason)
	}
	b.coins = append(b.coins[1:], coin.Input{Coin: instruction.Outpoint{Tx: id, Index: uint32(n)}, Value: rest, Change: true}) // #nosec G115 -- a hundred at most
	return nil
}
