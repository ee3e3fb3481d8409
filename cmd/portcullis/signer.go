package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"

	"portcullis/internal/daemon"
	"portcullis/internal/local"
	"portcullis/internal/secret"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

type signerCmd struct {
	Init   signerInitCmd   `cmd:"" help:"Make a seed, and say what the venue's chain must know of it."`
	Show   signerShowCmd   `cmd:"" help:"Say what the venue's chain must know of a seed."`
	Reseal signerResealCmd `cmd:"" help:"Write a seed into a new file, under another passphrase."`
	Run    signerRunCmd    `cmd:"" help:"Sign what a venue has on record, within caps. See docs/SIGNER.md."`
}

// seedFlags say which seed, and who opens it.
type seedFlags struct {
	Seed string `required:"" placeholder:"FILE" help:"File of the seed."`
	passphraseFlags
}

type signerInitCmd struct {
	Seed     string `required:"" placeholder:"FILE" help:"File to write the seed to; it must not be there yet."`
	Network  string `required:"" placeholder:"NAME" help:"What it is for: bitcoin, litecoin or monacoin; one of these with -regtest; bitcoin-testnet, litecoin-testnet, or demo."`
	Unsealed bool   `help:"Write it in the clear. For tests: only where coins are worth nothing."`
	passphraseFlags
}

// Run makes a seed. It is printed nowhere.
func (c *signerInitCmd) Run(ctx context.Context, o *output) error {
	n, err := coin.NetworkNamed(c.Network)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if _, err := os.Lstat(c.Seed); err == nil {
		return fmt.Errorf("%s is there already, and a seed never replaces anything: name another file", c.Seed)
	}
	var passphrase secret.Bytes
	if c.Unsealed && c.passphraseFlags != (passphraseFlags{}) {
		return fmt.Errorf("%w: --unsealed writes the seed in the clear, and no passphrase opens it: leave out one of them", errUsage)
	}
	if !c.Unsealed {
		if passphrase, err = c.passphrase(ctx, o, true); err != nil {
			return err
		}
	}
	s, err := signer.MakeSeed(c.Seed, n, passphrase)
	if err != nil {
		return err
	}
	if c.Unsealed {
		o.say("The seed is in the clear: whoever reads %s has every coin. It is for tests.", c.Seed)
		return o.seed(s, n, c.Seed, "Keep a copy of the file where this machine is not: without it the coins are lost.\n")
	}
	return o.seed(s, n, c.Seed, "Keep a copy of the file, and the passphrase apart from it, where this machine is not: without them the coins are lost.\n")
}

type signerShowCmd struct {
	Network string `placeholder:"NAME" help:"Network; the one that the seed was made for where none is named."`
	seedFlags
}

func (c *signerShowCmd) Run(ctx context.Context, o *output) error {
	s, err := c.open(ctx, o)
	if err != nil {
		return err
	}
	n := s.Network
	if c.Network != "" {
		if n, err = coin.NetworkNamed(c.Network); err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
	}
	return o.seed(s, n, c.Seed, "")
}

type signerResealCmd struct {
	To  string          `required:"" placeholder:"FILE" help:"File to write; it must not be there yet."`
	New passphraseFlags `embed:"" prefix:"new-"`
	seedFlags
}

// Run writes the same seed under another passphrase.
func (c *signerResealCmd) Run(ctx context.Context, o *output) error {
	s, err := c.open(ctx, o)
	if err != nil {
		return err
	}
	passphrase, err := c.New.passphrase(ctx, o, true)
	if err != nil {
		return err
	}
	if s, err = s.Write(c.To, passphrase); err != nil {
		return err
	}
	return o.seed(s, s.Network, c.To, "Destroy every copy of the old file: whoever has one, and its passphrase, has the coins.\n")
}

// open reads the seed.
func (f *seedFlags) open(ctx context.Context, o *output) (signer.SeedFile, error) {
	return signer.OpenSeed(f.Seed, func() (secret.Bytes, error) { return f.passphrase(ctx, o, false) })
}

// seed writes what the venue's chain must know of a seed.
func (o *output) seed(s signer.SeedFile, n *coin.Network, file, then string) error {
	c, err := signer.ChainOf(s.Seed, n)
	if err != nil {
		return err
	}
	o.show(struct {
		Seed   string `json:"seed"` // the file
		Sealed bool   `json:"sealed"`
		signer.Chain
	}{file, s.Sealed, c}, func(w io.Writer) {
		row(w, "network", c.Network)
		row(w, "account", c.Account)
		row(w, "hot address", c.Hot)
		fmt.Fprintf(w, "Tell the venue: portcullis chain set ASSET --network %s --account %s\n%s", c.Network, c.Account, then)
	})
	return nil
}

type signerRunCmd struct {
	Data     string   `help:"Data directory of the venue, which is only read." default:"portcullis-data" placeholder:"DIR"`
	Socket   string   `required:"" placeholder:"FILE" help:"Socket at which the venue asks. Only this user reaches it; with --user every local user does, and the signer answers those alone. Its folder must then be writable for its owner only."`
	Cap      []string `required:"" sep:"none" placeholder:"ASSET:payout=N,hour=N" help:"Most that is signed, in whole coins: what one payout brings to its address, and what leaves within any 60 minutes, fees included. Further parts: fee=0.01 for what 1000 virtual bytes cost at most, network=NAME where it is not the seed's. One for each asset."`
	User     []uint32 `placeholder:"UIDS" help:"Users who may ask, beside the one who runs this: the venue's."`
	State    string   `placeholder:"DIR" help:"Where it is kept what was signed; beside the seed where nothing is said. Whoever can change it can have more signed than the caps let."`
	Restored bool     `help:"Sign though the venue's journal does not have the record by which was signed last, as after a backup was restored. See docs/SIGNER.md first."`
	seedFlags
}

// Run signs until a signal ends it.
func (c *signerRunCmd) Run(ctx context.Context, o *output) error {
	if err := local.KeepMemory(); err != nil {
		return err
	}
	if err := local.CheckUsers(c.User); err != nil {
		return fmt.Errorf("%w: --user: %w", errUsage, err)
	}
	s, err := c.open(ctx, o)
	if err != nil {
		return err
	}
	caps, err := c.caps(s)
	if err != nil {
		return err
	}
	if _, err := (directoryFlags{Data: c.Data}).dir(); err != nil {
		return err
	}
	read := progress{o: o, what: "records read"}
	a, err := signer.Open(ctx, signer.Options{
		Seed: s.Seed, Caps: caps, Signed: c.signed(), Restored: c.Restored,
		Files: signer.Files{
			Journal: daemon.JournalDir(c.Data), Snapshots: daemon.Snapshots(c.Data),
			// #nosec G115 -- a journal has no 2^63 records
			Progress: func(seq, last uint64) { read.at(int64(seq), int64(last)) },
		},
	})
	if errors.Is(err, context.Canceled) {
		return nil // stopped before it had begun
	}
	if err != nil {
		return err
	}
	return errors.Join(c.serve(ctx, o, a, caps), a.Close())
}

// caps reads the caps. A seed in the clear signs for what is worth nothing.
func (c *signerRunCmd) caps(s signer.SeedFile) (caps []signer.Cap, err error) {
	for _, text := range c.Cap {
		limit, err := signer.ParseCap(text, s.Network)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if !s.Sealed && !limit.Network.Test() {
			return nil, fmt.Errorf("the seed %s is in the clear, and coins of %s are worth something: make a sealed one (portcullis signer init), and move the coins", c.Seed, limit.Network.Name)
		}
		caps = append(caps, limit)
	}
	return caps, nil
}

// signed is the file of what was signed.
func (c *signerRunCmd) signed() string {
	dir := filepath.Dir(c.Seed)
	if c.State != "" {
		dir = c.State
	}
	return filepath.Join(dir, filepath.Base(c.Seed)+".signed")
}

func (c *signerRunCmd) serve(ctx context.Context, o *output, a *signer.Apart, caps []signer.Cap) error {
	listen := local.Listen
	if len(c.User) > 0 {
		listen = local.ListenAll
	}
	l, err := listen(c.Socket)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(o.err, nil))
	srv := signer.NewServer(a.Signer, c.User, log)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	var errs [2]error
	all.Go(func() {
		errs[0] = srv.Serve(l)
		cancel()
	})
	all.Go(func() {
		errs[1] = a.Follow(ctx)
		cancel()
	})
	o.signerReady(l, a, caps, c.signed())
	doubts, err := a.Doubts(ctx, caps)
	for _, x := range doubts {
		log.Warn("nothing is signed for this cap as the record stands", "err", x)
	}
	if err != nil && ctx.Err() == nil {
		log.Error("the record cannot be read", "err", err)
	}
	<-ctx.Done()
	srv.Close()
	all.Wait()
	return errors.Join(errs[:]...)
}

// signerLine is what a script reads when the signer is ready.
type signerLine struct {
	Event  string      `json:"event"` // "ready"
	Socket string      `json:"socket"`
	PID    int         `json:"pid"`
	Seq    uint64      `json:"seq"` // the last record that was read
	Signed string      `json:"signed"`
	Caps   []signerCap `json:"caps"`
}

type signerCap struct {
	Asset   string `json:"asset"`
	Network string `json:"network"`
	Payout  string `json:"payout"`
	Hour    string `json:"hour"`
	FeeRate string `json:"fee_per_1000_bytes"`
}

func (o *output) signerReady(l net.Listener, a *signer.Apart, caps []signer.Cap, signed string) {
	line := signerLine{Event: "ready", Socket: l.Addr().String(), PID: os.Getpid(), Seq: a.Seq(), Signed: signed}
	for i := range caps {
		line.Caps = append(line.Caps, signerCap{caps[i].Asset, caps[i].Network.Name, caps[i].Payout.Text(8), caps[i].Hour.Text(8), caps[i].FeeRate.Text(8)})
	}
	o.show(line, func(w io.Writer) {
		fmt.Fprintf(w, "The signer is ready. It has read to record %d.\n", line.Seq)
		row(w, "socket", line.Socket)
		row(w, "signed", line.Signed)
		row(w, "ASSET", "NETWORK", "A PAYOUT", "AN HOUR", "FEE FOR 1000 BYTES")
		for _, c := range line.Caps {
			row(w, c.Asset, c.Network, c.Payout, c.Hour, c.FeeRate)
		}
	})
}
