package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/secret"
	"portcullis/internal/strict"
	"portcullis/operator"
	"portcullis/venue"
	"portcullis/wallet"
	"portcullis/wallet/coin"
	"portcullis/wallet/node"
	"portcullis/wallet/signer"

	"github.com/prometheus/client_golang/prometheus"
)

// WalletFile is how the venue reaches its chains: one JSON object. The terms of each chain are on record; portcullis chain set.
type WalletFile struct {
	Chains []ChainFile `json:"chains"`
}

// ChainFile is how the venue reaches one chain.
type ChainFile struct {
	Asset    string `json:"asset"`    // its symbol
	URL      string `json:"url"`      // of the node's RPC, without user and password
	User     string `json:"user"`     // of the node; with Password
	Password string `json:"password"` // file that has the password
	Cookie   string `json:"cookie"`   // else: the node's cookie file
	Signer   string `json:"signer"`   // socket of portcullis signer
	Batch    int    `json:"batch"`    // most payouts of one transaction, 1 to 100; 100 where nothing is said
	Idle     bool   `json:"idle"`     // nobody mines there by the clock, as on regtest: an old best block is no alarm
}

// maxWalletFile bounds that file and the password's, in bytes.
const maxWalletFile = 64 << 10

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxWalletFile+1))
	if err == nil && len(b) > maxWalletFile {
		err = fmt.Errorf("%s is longer than %d bytes", path, maxWalletFile)
	}
	return b, err
}

// readWallet reads the wallet's file, as attachments.
func readWallet(path string) ([]wallet.Attachment, error) {
	text, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("the wallet's file: %w", err)
	}
	var f WalletFile
	if err := strict.Decode(text, &f); err != nil {
		return nil, fmt.Errorf("the wallet's file %s: %w", path, err)
	}
	var list []wallet.Attachment
	seen := map[string]bool{}
	for i, c := range f.Chains {
		a, err := c.attachment()
		if err == nil && seen[c.Asset] {
			err = errors.New("it is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("the wallet's file %s: chain %d, %q: %w", path, i+1, c.Asset, err)
		}
		seen[c.Asset] = true
		list = append(list, a)
	}
	return list, nil
}

func (c *ChainFile) attachment() (a wallet.Attachment, err error) {
	switch {
	case c.Asset == "", c.URL == "", c.Signer == "":
		return a, errors.New("asset, url and signer are needed")
	case c.Batch < 0, c.Batch > instruction.MaxPaid:
		return a, fmt.Errorf("batch is 1 to %d", instruction.MaxPaid)
	}
	o := node.Options{URL: c.URL, User: c.User, Cookie: c.Cookie}
	if c.Password != "" {
		b, err := readBounded(c.Password)
		if err != nil {
			return a, fmt.Errorf("the node's password: %w", err)
		}
		o.Password = secret.New([]byte(strings.TrimSpace(string(b))))
	}
	n, err := coin.NetworkNamed("bitcoin") // of any: whether the options can be used does not depend on it
	if err == nil {
		_, err = node.New(n, o)
	}
	return wallet.Attachment{
		Symbol: c.Asset, Signer: signer.NewClient(c.Signer), Batch: c.Batch, Stale: c.Idle,
		Dial: func(n *coin.Network) (coin.Chain, error) { return node.New(n, o) },
	}, err
}

// openWallet attaches the venue's chains, where there is a file of them.
func (d *Daemon) openWallet(context.Context) error {
	var list []wallet.Attachment
	if d.cfg.Wallet != "" {
		var err error
		if list, err = readWallet(d.cfg.Wallet); err != nil {
			return err
		}
	}
	if d.demo != nil {
		a, err := d.openDemoWallet()
		if err != nil {
			return fmt.Errorf("the demo's coin: %w", err)
		}
		list = append(list, a)
	}
	if len(list) > 0 {
		d.wallet = wallet.New(d.engine, d.log, list)
	}
	return nil
}

// runWallet begins to follow chains and to pay out.
func (d *Daemon) runWallet(context.Context) error {
	d.warnUnfollowed()
	if d.wallet == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-d.closed
		cancel()
	}()
	d.running.Go(func() { d.wallet.Run(ctx) })
	return nil
}

// lend gives the venue what it may ask of the wallet.
func (d *Daemon) lend(c *venue.Config) {
	if c.Address = d.address; d.wallet == nil {
		return
	}
	c.DepositAddress = func(ctx context.Context, a instruction.Account, x instruction.Asset) (string, error) {
		address, err := d.wallet.DepositAddress(ctx, a, x)
		if errors.Is(err, wallet.ErrNoWallet) {
			err = venue.ErrNoWallet
		}
		return address, err
	}
}

// address says what is wrong with an address of an asset's chain, or nil.
func (d *Daemon) address(x instruction.Asset, address string) error {
	return wallet.CheckAddress(d.engine, x, address)
}

// unfollowed is what is wrong with a chain on record that no node is named for.
const unfollowed = "nobody follows it: name its node and signer in a file, and start the venue with run --wallet FILE (docs/WALLET.md)"

// chains are how the chains on record are followed. One that nobody follows is told of too: its deposits and payouts wait for ever.
func (d *Daemon) chains() []operator.ChainState {
	list := []operator.ChainState{}
	followed := map[instruction.Asset]wallet.Status{}
	if d.wallet != nil {
		for _, x := range d.wallet.Status() {
			followed[x.Asset] = x
		}
	}
	_ = d.engine.Read(func(s *core.State) { // else the engine has ended, and nothing is known
		for id, asset := range s.Assets() {
			if s.Chain(id) == nil {
				continue
			}
			x, ok := followed[id]
			c := operator.ChainState{Asset: asset.Symbol, Height: x.Tip.Height, Node: x.Node.Height, Problem: x.Problem, Sending: x.Sending}
			switch {
			case !ok && !d.attached(asset.Symbol):
				c.Problem, c.Since = unfollowed, d.started.UTC().Format(time.RFC3339)
			case x.Problem != "":
				c.Since = x.Since.UTC().Format(time.RFC3339)
			}
			list = append(list, c)
		}
	})
	return list
}

// attached says whether the wallet was given a node for the asset, though it may not have begun with it yet.
func (d *Daemon) attached(symbol string) bool {
	return d.wallet != nil && d.wallet.Attached(symbol)
}

// warnUnfollowed has the log say at the start which chains nobody follows.
func (d *Daemon) warnUnfollowed() {
	for _, x := range d.chains() {
		if x.Problem == unfollowed {
			d.log.Warn("the asset's chain is not followed; nothing of it is credited or sent", "asset", x.Asset, "err", x.Problem)
		}
	}
}

// chainGauges tell of chains in metrics, by asset.
type chainGauges struct{ d *Daemon }

var (
	gaugeHeight  = prometheus.NewDesc("portcullis_chain_height", "Height of the last block of the asset's chain that is on record.", []string{"asset"}, nil)
	gaugeNode    = prometheus.NewDesc("portcullis_chain_node_height", "Height of the node's best block.", []string{"asset"}, nil)
	gaugeProblem = prometheus.NewDesc("portcullis_chain_problem", "1 while the chain cannot be followed, so that nothing is credited or sent.", []string{"asset"}, nil)
	gaugeSending = prometheus.NewDesc("portcullis_chain_payouts_wait", "1 while something keeps payouts from leaving.", []string{"asset"}, nil)
)

func (g chainGauges) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{gaugeHeight, gaugeNode, gaugeProblem, gaugeSending} {
		c <- d
	}
}

func (g chainGauges) Collect(c chan<- prometheus.Metric) {
	for _, x := range g.d.chains() {
		for d, v := range map[*prometheus.Desc]float64{
			gaugeHeight: float64(x.Height), gaugeNode: float64(x.Node), gaugeProblem: yes(x.Problem != ""), gaugeSending: yes(x.Sending != ""),
		} {
			c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, x.Asset)
		}
	}
}
