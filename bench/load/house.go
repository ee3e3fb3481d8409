package load

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"portcullis/core/instruction"
	"portcullis/internal/daemon"
	"portcullis/operator"
	"portcullis/venue"
)

// House is a whole venue in a temporary directory, with a market BTCUSDT, and customers who have 1,000,000 of both assets and
// an HMAC key. What else is measured over the venue's API is measured on one, too.
type House struct {
	Daemon *daemon.Daemon
	Keys   []Key // of the customers

	dir string
}

// NewHouse starts a venue with so many customers. Without limited they may place as many orders as they like, and send as
// many requests.
func NewHouse(ctx context.Context, customers int, limited bool) (*House, error) {
	dir, err := os.MkdirTemp("", "portcullis-load-*")
	if err != nil {
		return nil, err
	}
	h := &House{dir: dir}
	var limits venue.Limits
	if !limited {
		const none = 1 << 40
		limits = venue.Limits{WeightMinute: none, OrdersTen: none, OrdersDay: none}
	}
	h.Daemon, err = daemon.Start(ctx, daemon.Config{Dir: dir, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Limits: limits})
	if err == nil {
		err = h.furnish(ctx, customers)
	}
	if err != nil {
		return nil, errors.Join(err, h.Remove())
	}
	return h, nil
}

// Remove ends the venue and removes its directory.
func (h *House) Remove() error {
	var err error
	if h.Daemon != nil {
		err = h.Daemon.Close()
	}
	return errors.Join(err, os.RemoveAll(h.dir))
}

// furnish defines the market and the customers, as an operator does.
func (h *House) furnish(ctx context.Context, customers int) error {
	c := operator.NewClient(h.Daemon.Socket())
	defer c.Close()
	for _, symbol := range []string{"BTC", "USDT"} {
		if _, err := operator.Call(ctx, c, operator.AssetAdd, operator.AddAsset{Symbol: symbol, Scale: 8}); err != nil {
			return err
		}
	}
	if _, err := operator.Call(ctx, c, operator.MarketAdd, operator.AddMarket{Base: "BTC", Quote: "USDT", Tick: "0.01", MinPrice: "0.01",
		MaxPrice: "1000000", Lot: "0.00001", MaxQty: "9000", MinNotional: "5", MakerFee: "0.001", TakerFee: "0.001"}); err != nil {
		return err
	}
	for range customers {
		a, err := operator.Call(ctx, c, operator.AccountCreate, operator.CreateAccount{})
		if err != nil {
			return err
		}
		for _, symbol := range []string{"BTC", "USDT"} {
			in := operator.CreditAccount{Account: a.Account, Asset: symbol, Amount: "1000000"}
			if _, err := operator.Call(ctx, c, operator.AccountCredit, in); err != nil {
				return err
			}
		}
		k, err := operator.Call(ctx, c, operator.KeyCreate, operator.CreateKey{
			Account: a.Account, Scheme: "HMAC", Rights: []string{"READ", "TRADE"}, Networks: []string{"127.0.0.0/8"},
		})
		if err != nil {
			return err
		}
		h.Keys = append(h.Keys, Key{k.APIKey, k.Secret.Bytes})
	}
	return nil
}

// compare looks for acknowledged orders in the journal.
func (h *House) compare(ctx context.Context, acknowledged []uint64) (*Orders, error) {
	e := h.Daemon.Engine()
	recorded := map[instruction.Order]bool{}
	sub := e.Subscribe(1)
	defer sub.Close()
	var rec instruction.Record
	for seq, last := uint64(0), e.Durable(); seq < last; {
		err := sub.Next(ctx, func(n uint64, b []byte) error {
			seq = n
			if err := rec.Decode(n, b); err != nil {
				return err
			}
			var events instruction.Events
			rec.Events(&events)
			for x := events.Next(); x != nil; x = events.Next() {
				if placed, ok := x.(*instruction.OrderPlaced); ok {
					recorded[placed.Order] = true
				}
			}
			return events.Err()
		})
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	o := &Orders{Acknowledged: len(acknowledged), OnRecord: len(recorded)}
	for _, id := range acknowledged {
		if !recorded[instruction.Order(id)] {
			o.Lost++
		}
	}
	return o, nil
}
