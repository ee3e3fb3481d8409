package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"portcullis/operator"
)

type keyCmd struct {
	Create   keyCreateCmd   `cmd:"" help:"Create an API key. A secret that is made here is shown once and never again."`
	List     keyListCmd     `cmd:"" help:"List API keys, revoked ones included."`
	Change   keyChangeCmd   `cmd:"" help:"Change what an API key may do. What that takes away is gone at once; what it adds waits."`
	Renew    keyRenewCmd    `cmd:"" help:"Have an API key keep its rights for another year."`
	Revoke   keyRevokeCmd   `cmd:"" help:"Revoke an API key for ever, and cancel its open orders. Its name and its public key are never taken again."`
	Features keyFeaturesCmd `cmd:"" help:"Show what detection rules read of an API key: what it did lately, in numbers with units."`
	Import   keyImportCmd   `cmd:"" help:"Bring API keys over from another system, out of a CSV file."`

	Quarantine keyQuarantineCmd `cmd:"" help:"Leave an API key nothing but reading and cancelling, and cancel its open orders."`
	Restore    keyRestoreCmd    `cmd:"" help:"End a quarantine."`
}

type keyCreateCmd struct {
	Account    uint32   `arg:"" help:"Number of the account."`
	Scheme     string   `placeholder:"KIND" help:"ed25519, rsa or hmac. Where nothing is said: that of --public-key, or else ed25519."`
	PublicKey  string   `placeholder:"FILE" help:"The customer's own public key in PEM (- is standard input). Without it the venue makes the key."`
	Rights     []string `placeholder:"RIGHT" help:"read (where nothing is said), trade, withdraw, transfer (between accounts of the same customer); own, with read alone, is what --owner gives. Trading and transfers need Ed25519 or --networks; withdrawing needs both."`
	Symbols    []string `placeholder:"SYMBOL" help:"Markets it may trade in; all where none are named."`
	Networks   []string `placeholder:"CIDR" help:"Networks it may be used from, such as 203.0.113.7/32 or 2001:db8::/48; any where none are named."`
	Expires    string   `placeholder:"WHEN" help:"When it ends: 2027-01-31, 2027-01-31T12:00:00Z, or after 90d or 12h; never where nothing is said."`
	Label      string   `placeholder:"TEXT" help:"The owner's own word for it."`
	Cap        []string `placeholder:"CAP" help:"What it may trade, by the asset that prices are quoted in: USDT=1000/5000 is 1,000 an order and 5,000 a day; USDT=1000 bounds orders alone, USDT=/5000 days. Markets quoted in others are shut to it."`
	CapOut     []string `name:"cap-withdrawals" placeholder:"CAP" help:"What it may withdraw, in the same form: BTC=0.5/2. Other assets are shut to it."`
	CapCodes   []string `name:"cap-codes" placeholder:"CAP" help:"Gift codes that it may issue by itself, in the same form: BTC=0.1/0.5 is 0.1 a batch and 0.5 a day; none where nothing is said. It must be able to withdraw, and no HMAC key."`
	Integrator string   `placeholder:"NAME" help:"The third party that it is made for, such as a bot platform: what portcullis drop keys --integrator goes by."`
	Owner      bool     `help:"The owner's own key: it says yes and no to what waits, changes, restores and revokes the customer's keys, and never trades. The customer's first is one at once; a further one waits."`
	venueFlags
}

// maxPEM bounds what is read as a public key, in bytes.
const maxPEM = 16 << 10

func (c *keyCreateCmd) publicKey() (string, error) {
	if c.PublicKey == "" {
		return "", nil
	}
	f := os.Stdin
	if c.PublicKey != "-" {
		var err error
		if f, err = os.Open(c.PublicKey); err != nil {
			return "", fmt.Errorf("the public key: %w", err)
		}
		defer f.Close()
	}
	text, err := io.ReadAll(io.LimitReader(f, maxPEM))
	if err != nil {
		return "", fmt.Errorf("the public key: %w", err)
	}
	return string(text), nil
}

// ask is what the flags ask for.
func (c *keyCreateCmd) ask(public string) (in operator.CreateKey, err error) {
	in = operator.CreateKey{
		Account: c.Account, Scheme: c.Scheme, PublicKey: public, Label: c.Label,
		Rights: c.Rights, Symbols: c.Symbols, Networks: c.Networks, Expires: c.Expires, Integrator: c.Integrator,
	}
	if c.Scheme == "" && public == "" {
		in.Scheme = "ed25519"
	}
	if c.Owner {
		if len(c.Rights) > 0 {
			return in, errors.New("an owner's key has the rights own and read and no others: leave --rights out")
		}
		in.Rights = []string{"own", "read"}
	}
	if in.Trades, err = caps(c.Cap); err == nil {
		in.Withdrawals, err = caps(c.CapOut)
	}
	if err == nil {
		in.Codes, err = caps(c.CapCodes)
	}
	return in, err
}

func (c *keyCreateCmd) Run(ctx context.Context, o *output) error {
	public, err := c.publicKey()
	if err != nil {
		return err
	}
	in, err := c.ask(public)
	if err != nil {
		return err
	}
	r, err := call(ctx, c.venueFlags, operator.KeyCreate, in)
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "key %d of account %d (record %d)\n", r.Key, c.Account, r.Seq)
		row(w, "name", r.Name)
		row(w, "API key", r.APIKey)
		if !r.Secret.IsZero() {
			row(w, "secret", string(r.Secret.Reveal()))
		}
		if !r.PrivateKey.IsZero() {
			fmt.Fprintf(w, "private key:\n%s", r.PrivateKey.Reveal())
		}
		if !r.Secret.IsZero() || !r.PrivateKey.IsZero() {
			fmt.Fprintln(w, "Keep it now: it is shown this once, and the venue cannot show it again.")
		}
		if r.Matter != 0 {
			fmt.Fprintf(w, "It is not the customer's first owner's key, so it only reads until %s; until then a living owner's key can stop it by portcullis owner no %d, and you by %s.\n", r.Due, r.Matter, c.command("no %d", r.Matter))
		}
	})
	return nil
}

type keyListCmd struct {
	Account uint32 `arg:"" optional:"" help:"Number of the account; all where none is named."`
	venueFlags
}

func (c *keyListCmd) Run(ctx context.Context, o *output) error {
	all := operator.Keys{Keys: []operator.Key{}}
	for after, more := uint32(0), true; more; {
		r, err := call(ctx, c.venueFlags, operator.KeyList, operator.ListKeys{Account: c.Account, After: after})
		if err != nil {
			return err
		}
		all.Keys = append(all.Keys, r.Keys...)
		if more = r.More; more {
			after = r.Next
		}
	}
	o.show(all, func(w io.Writer) {
		row(w, "KEY", "NAME", "ACCOUNT", "SCHEME", "RIGHTS", "SYMBOLS", "NETWORKS", "CREATED", "AGES", "EXPIRES", "REVOKED", "QUARANTINE", "CAPS", "NOTES", "INTEGRATOR", "LABEL")
		for _, k := range all.Keys {
			row(w, k.Key, k.Name, k.Account, k.Scheme, list(k.Rights, "none"), list(k.Symbols, "all"), list(k.Networks, "any"),
				k.Created, orDash(day(k.Ages)), orDash(k.Expires), orDash(k.Revoked), orDash(held(k.Quarantine)), list(slices.Concat(capTexts("", k.Trades), capTexts("out ", k.Withdrawals), capTexts("codes ", k.Codes)), "-"), list(notes(&k), "-"), orDash(k.Integrator), orDash(k.Label))
		}
	})
	return nil
}

type keyRevokeCmd struct {
	Key string `arg:"" help:"The key's number, its name, or its text as the client sends it."`
	venueFlags
}

func (c *keyRevokeCmd) Run(ctx context.Context, o *output) error {
	n, name := keyNamed(c.Key)
	r, err := call(ctx, c.venueFlags, operator.KeyRevoke, operator.RevokeKey{Key: n, Name: name})
	if err == nil {
		o.done(r, r, "the key is revoked for ever")
	}
	return err
}

// keyNamed is a key's number, or what else it is named by.
func keyNamed(text string) (number uint32, name string) {
	if n, err := strconv.ParseUint(text, 10, 32); err == nil {
		return uint32(n), ""
	}
	return 0, text
}
