package daemon

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/secret"
	"portcullis/internal/strict"
	"portcullis/operator"
	"portcullis/scenario"
	"portcullis/wallet/demochain"
)

// Demo is the customer whom a demo venue has ready. The keys' secrets are in the data directory, so that the next start
// finds them again; the keys work from this machine only.
type Demo struct {
	Account instruction.Account
	HMAC    DemoKey
	Ed25519 DemoKey
	File    string // where the credentials are

	end   context.CancelFunc
	chain *demochain.Chain // on which the demo's coin moves
	hot   string           // its hot address
}

// DemoKey is one of the demo customer's keys: what the client sends, and what it signs with (an HMAC secret, or a private
// key in PEM).
type DemoKey struct {
	APIKey string         `json:"api_key"`
	Secret operator.Shown `json:"secret"`
	Live   bool           `json:"-"` // false when it was revoked
}

// demoCredentials is the file.
type demoCredentials struct {
	HMAC    DemoKey `json:"hmac"`
	Ed25519 DemoKey `json:"ed25519"`
}

// demoRef is the reference of the demo customer's account.
const demoRef = "demo-customer"

// demoFunds are what the customer has, in whole assets; what is used up is filled again at the next start.
var demoFunds = []struct {
	symbol string
	whole  int64
}{{"BTC", 10}, {"ETH", 100}, {"USDT", 1_000_000}}

// demoNetworks are this machine.
var demoNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// setUpDemo makes the demo's assets, markets and customer, or finds them. A directory that was begun without a demo never
// becomes one: nobody's books get made-up money.
func (d *Daemon) setUpDemo(context.Context) error {
	if !d.cfg.Demo {
		return nil
	}
	file := filepath.Join(d.cfg.Dir, demoFile)
	c, err := readDemo(file)
	if errors.Is(err, fs.ErrNotExist) {
		if !d.isNew() {
			d.noDemo()
			return nil
		}
		c, err = newDemo(file)
	}
	if err != nil {
		return err
	}
	cast, err := scenario.Setup(d.engine, d.engine)
	if err == nil {
		err = cast.Refer(d.engine)
	}
	if err != nil {
		return err
	}
	demo := &Demo{HMAC: c.HMAC, Ed25519: c.Ed25519, File: file, end: func() {}}
	if demo.Account, err = d.demoAccount(); err != nil {
		return err
	}
	if err := d.demoMoney(demo.Account); err != nil {
		return err
	}
	if err := d.demoKeys(demo); err != nil {
		return err
	}
	d.demo = demo
	return nil
}

// noDemo says why there is none.
func (d *Daemon) noDemo() {
	var was bool
	if _ = d.engine.Read(func(s *core.State) { was = s.AccountNamed(demoRef) != 0 }); was {
		d.log.Warn("no demo: its credentials are not there, as after a backup was restored; its coin moves no more", "files", []string{demoFile, demoSeedFile, demoChainFile})
		return
	}
	d.log.Info("no demo: this data directory was begun without one")
}

// runDemo starts the demo's market.
func (d *Daemon) runDemo(context.Context) error {
	if d.demo == nil {
		return nil
	}
	ctx, end := context.WithCancel(d.ending)
	d.demo.end = end
	d.running.Go(func() { d.runDemoChain(ctx) })
	d.running.Go(func() {
		if err := scenario.Demo(ctx, d.engine, uint64(d.started.UnixNano()), d.log); err != nil {
			d.log.Error("the demo market stopped", "err", err)
		}
	})
	return nil
}

// isNew says that nothing was ever defined here.
func (d *Daemon) isNew() bool {
	fresh := false
	_ = d.engine.Read(func(s *core.State) {
		fresh = s.Asset(1) == nil && s.Accounts() == instruction.Fees
	})
	return fresh
}

func readDemo(file string) (c demoCredentials, err error) {
	text, err := os.ReadFile(file)
	if err == nil {
		err = strict.Decode(text, &c)
	}
	if err != nil {
		err = fmt.Errorf("the demo's credentials %s: %w", file, err)
	}
	return c, err
}

// newDemo makes credentials, and keeps them before anything else knows of them.
func newDemo(file string) (demoCredentials, error) {
	var c demoCredentials
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return c, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return c, err
	}
	shown := func(b []byte) operator.Shown { return operator.Shown{Bytes: secret.New(b)} }
	c.HMAC = DemoKey{APIKey: rand.Text() + rand.Text(), Secret: shown([]byte(rand.Text() + rand.Text()))}
	c.Ed25519 = DemoKey{APIKey: rand.Text() + rand.Text(), Secret: shown(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return c, err
	}
	tmp := file + ".new"
	if err = os.WriteFile(tmp, append(text, '\n'), 0o600); err == nil {
		err = os.Rename(tmp, file)
	}
	return c, err
}

// do gives an instruction as the operator, and wants it carried out.
func (d *Daemon) do(in instruction.Instruction) error {
	// #nosec G115 -- never negative on the systems that have user numbers
	r, err := d.engine.Do(&instruction.Principal{Giver: instruction.ByOperator, Operator: uint32(os.Geteuid())}, in)
	if err != nil {
		return err
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 {
		return fmt.Errorf("setting up the demo: %s", why.Sentence())
	}
	return nil
}

// demoAccount finds or opens the customer's account.
func (d *Daemon) demoAccount() (instruction.Account, error) {
	var found instruction.Account
	find := func(s *core.State) {
		for a := instruction.Fees + 1; a <= s.Accounts() && found == 0; a++ {
			if s.Account(a).Ref == demoRef {
				found = a
			}
		}
	}
	err := d.engine.Read(find)
	if err == nil && found == 0 {
		if err = d.do(&instruction.OpenAccount{Ref: demoRef}); err == nil {
			err = d.engine.Read(find)
		}
	}
	return found, err
}

// demoMoney fills what is used up.
func (d *Daemon) demoMoney(a instruction.Account) error {
	for _, f := range demoFunds {
		var id instruction.Asset
		var has, full money.Amount
		if err := d.engine.Read(func(s *core.State) {
			id = s.AssetNamed(f.symbol)
			b := s.Balance(a, id)
			has, full = b.Free+b.Held, money.Amount(f.whole*s.Asset(id).Scale.One())
		}); err != nil {
			return err
		}
		if has > 0 {
			continue
		}
		if err := d.do(&instruction.Credit{Account: a, Asset: id, Amount: full, Ref: "demo money"}); err != nil {
			return err
		}
	}
	return nil
}

// demoKeys registers the customer's keys, where they are not registered yet.
func (d *Daemon) demoKeys(demo *Demo) error {
	block, _ := pem.Decode(demo.Ed25519.Secret.Reveal())
	if block == nil {
		return fmt.Errorf("the demo's credentials %s hold no private key in PEM", demo.File)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return fmt.Errorf("the demo's credentials %s: %w", demo.File, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return fmt.Errorf("the demo's credentials %s hold no Ed25519 key", demo.File)
	}
	id := instruction.KeyIDOf(demo.HMAC.APIKey)
	sealed, err := d.kek.Seal(secret.New(bytes.Clone(demo.HMAC.Secret.Reveal())), id[:])
	if err != nil {
		return err
	}
	if err := d.demoKey(demo, &demo.HMAC, instruction.HMAC, sealed); err != nil {
		return err
	}
	return d.demoKey(demo, &demo.Ed25519, instruction.Ed25519, private.Public().(ed25519.PublicKey))
}

func (d *Daemon) demoKey(demo *Demo, k *DemoKey, scheme instruction.Scheme, material []byte) error {
	id := instruction.KeyIDOf(k.APIKey)
	known := false
	if err := d.engine.Read(func(s *core.State) {
		if x := s.Key(s.KeyNamed(id)); x != nil {
			known, k.Live = true, x.Revoked == 0
		}
	}); err != nil || known {
		return err
	}
	k.Live = true
	return d.do(&instruction.CreateKey{
		Account: demo.Account, ID: id, Scheme: scheme, Material: material, Label: "demo",
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade, Networks: demoNetworks},
	})
}

// stop ends the demo's market.
func (x *Demo) stop() { x.end() }
