package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/wallet"
	"portcullis/wallet/coin"
	"portcullis/wallet/demochain"
	"portcullis/wallet/signer"
)

// The demo's coin moves on a demo chain in this process, with a block every few seconds, so that deposits, withdrawals and gift
// codes can be tried without a node. Its signer is in this process too: the coins are worth nothing.

const (
	demoCoin      = "DEMO"
	demoChainFile = "demo-chain"
	demoSeedFile  = "demo-wallet.seed"
	demoBlocks    = 10 * time.Second // between two blocks
	demoHot       = 1_000e8          // for fees, on the hot address
	demoDeposit   = 100e8            // what the customer begins with
)

// openDemoWallet opens the demo chain, makes its asset, and is how the wallet reaches it.
func (d *Daemon) openDemoWallet() (a wallet.Attachment, err error) {
	n, err := coin.NetworkNamed("demo")
	if err != nil {
		return a, err
	}
	if err := d.demoWhole(); err != nil {
		return a, err
	}
	seed, err := demoSeed(filepath.Join(d.cfg.Dir, demoSeedFile))
	if err != nil {
		return a, err
	}
	c, err := demochain.New(demochain.Options{Replaces: true, Now: time.Now, File: filepath.Join(d.cfg.Dir, demoChainFile), FeeRate: 2000})
	if err != nil {
		return a, err
	}
	d.demo.chain = c
	if d.demo.hot, err = d.demoTerms(n, seed); err != nil {
		return a, err
	}
	s, err := signer.New(seed, []signer.Cap{{Asset: demoCoin, Network: n, Payout: demoHot, Hour: demoHot, FeeRate: 100_000}}, d.engine.Read)
	return wallet.Attachment{Symbol: demoCoin, Signer: s, Dial: func(*coin.Network) (coin.Chain, error) { return c, nil }}, err
}

// demoWhole refuses a demo whose coin is on record while its chain or its seed is lost: with new ones all deposits would be undone, and
// nothing could be paid.
func (d *Daemon) demoWhole() error {
	_, has, err := d.demoAsset()
	if err != nil || !has {
		return err
	}
	for _, name := range []string{demoSeedFile, demoChainFile} {
		if _, err := os.Stat(filepath.Join(d.cfg.Dir, name)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is not there, and the coin on record is that file's: put the venue's own back (it is in no backup), or move %s away to go on without a demo",
				filepath.Join(d.cfg.Dir, name), demoFile)
		}
	}
	return nil
}

// demoAsset is the demo's coin, 0 where it is not on record, and whether it has a chain.
func (d *Daemon) demoAsset() (x instruction.Asset, has bool, err error) {
	err = d.engine.Read(func(s *core.State) {
		if x = s.AssetNamed(demoCoin); x != 0 {
			has = s.Chain(x) != nil
		}
	})
	return x, has, err
}

// demoSeed reads the seed of the demo's coins, or makes it.
func demoSeed(file string) (*coin.Seed, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		s := coin.NewSeed()
		return s, os.WriteFile(file, []byte(s.Reveal()+"\n"), 0o600)
	}
	if err != nil {
		return nil, err
	}
	return coin.ParseSeed(strings.TrimSpace(string(text)))
}

// demoTerms puts the demo's coin and the terms of its chain on record, where they are not, and is the hot address.
func (d *Daemon) demoTerms(n *coin.Network, seed *coin.Seed) (hot string, err error) {
	keys, err := seed.Account(n)
	if err != nil {
		return "", err
	}
	if hot, _, err = keys.Public().Address(true, 0); err != nil {
		return "", err
	}
	x, has, err := d.demoAsset()
	if err == nil && x == 0 {
		if err = d.do(&instruction.AddAsset{Symbol: demoCoin, Scale: 8}); err == nil {
			x, has, err = d.demoAsset()
		}
	}
	if err != nil {
		return hot, err
	}
	if has {
		return hot, d.demoOwn(x, keys.Public().String())
	}
	return hot, d.do(&instruction.SetChain{Asset: x, Terms: instruction.ChainTerms{
		Network: n.Name, Genesis: n.Genesis(), Account: keys.Public().String(), Hot: hot, Start: 1, CreditDepth: 2, SettleDepth: 3,
		MinDeposit: 1_000, MinWithdraw: 10_000, WithdrawFee: 1_000, MaxFeeRate: 100_000,
	}})
}

// demoOwn refuses the seed of another venue's demo.
func (d *Daemon) demoOwn(x instruction.Asset, account string) error {
	var recorded string
	if err := d.engine.Read(func(s *core.State) { recorded = s.Chain(x).Terms.Account }); err != nil {
		return err
	}
	if recorded != account {
		return fmt.Errorf("%s is another venue's, and opens none of the coins on record: put back this venue's own", filepath.Join(d.cfg.Dir, demoSeedFile))
	}
	return nil
}

// runDemoChain gives the demo's addresses their first coins, and mines.
func (d *Daemon) runDemoChain(ctx context.Context) {
	if err := d.fundDemo(ctx); err != nil && ctx.Err() == nil {
		d.log.Error("the demo's customer has no coins of the demo chain", "err", err)
	}
	tick := time.NewTicker(demoBlocks)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := d.demo.chain.Mine(1); err != nil {
				d.log.Error("the demo chain stands still", "err", err)
				return
			}
		}
	}
}

// fundDemo pays what was never paid.
func (d *Daemon) fundDemo(ctx context.Context) error {
	var x instruction.Asset
	var address string
	for address == "" {
		if err := d.engine.Read(func(s *core.State) { x = s.AssetNamed(demoCoin) }); err != nil {
			return err
		}
		var err error
		if address, err = d.wallet.DepositAddress(ctx, d.demo.Account, x); err != nil && !errors.Is(err, wallet.ErrNoWallet) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	for to, n := range map[string]int64{address: demoDeposit, d.demo.hot: demoHot} {
		script, err := d.demo.chain.Network().Script(to)
		if err != nil {
			return err
		}
		if len(d.demo.chain.Payments(script)) > 0 {
			continue
		}
		if _, err := d.demo.chain.Pay(to, n); err != nil {
			return fmt.Errorf("paying %s: %w", to, err)
		}
	}
	return nil
}
