package main

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"portcullis/internal/mandate"
	"portcullis/internal/secret"
	"portcullis/venue/owner"
)

type ownerKeygenCmd struct {
	File string `arg:"" help:"File for the private key, such as owner.pem; the public one goes beside it, into owner.pub. A file that is there stays as it is."`
}

func (c *ownerKeygenCmd) Run(o *output) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	half, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return err
	}
	whole, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	beside := publicPath(c.File)
	if beside == c.File {
		return fmt.Errorf("%w: %s is a name for the public key: name the private one's file, such as owner.pem", errUsage, c.File)
	}
	if err := writeOnce(c.File, 0o600, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: whole})); err != nil {
		return err
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: half}))
	if err := writeOnce(beside, 0o644, []byte(text)); err != nil {
		return errors.Join(err, os.Remove(c.File)) // of this very call, and no use without the other half
	}
	o.show(map[string]string{"file": c.File, "public_file": beside, "public_key": text}, func(w io.Writer) { fmt.Fprint(w, text) })
	o.say("The private key is in %s: keep it where no trading program runs, with a copy in a safe place. The public key above is in %s too;\n"+
		"it is for the venue's operator, who answers with the text of your API key.", c.File, beside)
	return nil
}

// publicPath is where the public half of a key goes: beside the private one.
func publicPath(private string) string {
	return strings.TrimSuffix(private, filepath.Ext(private)) + ".pub"
}

// writeOnce makes a file of a key, and is sure of it; what is there already stays.
func writeOnce(path string, mode os.FileMode, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and may be a key in use: name another file", path)
	}
	if err != nil {
		return fmt.Errorf("the key: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the key: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// readOwnerKey reads the private key that keygen wrote: its seed.
func readOwnerKey(path string) (secret.Bytes, error) {
	var none secret.Bytes
	f, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("the owner's private key: %w; portcullis owner keygen makes one", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return none, fmt.Errorf("the owner's private key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return none, fmt.Errorf("the owner's private key %s can be read by others on this machine (mode %04o): chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxPEM))
	if err != nil {
		return none, fmt.Errorf("the owner's private key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return none, fmt.Errorf("%s has no private key in PEM form: it begins with -----BEGIN PRIVATE KEY-----, as portcullis owner keygen writes it", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return none, fmt.Errorf("%s has no Ed25519 private key, and an owner's key is one: portcullis owner keygen makes it", path)
	}
	return secret.New(private.Seed()), nil
}

type ownerKeysCmd struct{ ownerFlags }

func (c *ownerKeysCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Keys](ctx, &c.ownerFlags, "keys")
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "KEY", "ACCOUNT", "SCHEME", "RIGHTS", "SYMBOLS", "NETWORKS", "ORDERS", "WITHDRAWALS", "CODES", "EXPIRES", "AGES", "STANDS", "INTEGRATOR", "LABEL")
		for _, k := range r.Keys {
			row(w, k.Key, k.Account, k.Scheme, list(k.Rights, "none"), list(k.Symbols, "all"), list(k.Networks, "any"), list(capTexts("", k.Trades), "-"), list(capTexts("", k.Withdrawals), "-"), list(capTexts("", k.Codes), "-"),
				orDash(k.Expires), orDash(k.Ages), stands(&k), orDash(k.Integrator), orDash(k.Label))
		}
		if r.More {
			fmt.Fprintln(w, "There are more keys than are shown.")
		}
	})
	return nil
}

// stands is how a key stands.
func stands(k *owner.Key) string {
	switch {
	case k.Revoked != "":
		return "deleted " + k.Revoked
	case k.Quarantine != "":
		return "quarantine by " + held(k.Quarantine)
	}
	return "alive"
}

type ownerChangeCmd struct {
	APIKey   uint32   `arg:"" name:"number" help:"Number of the API key."`
	Rights   []string `placeholder:"RIGHT" help:"read, trade, withdraw, transfer."`
	Symbols  []string `placeholder:"SYMBOL" help:"Markets it may trade in, or the word all."`
	Networks []string `placeholder:"CIDR" help:"Networks it may be used from, such as 203.0.113.7 or 2001:db8::/48, or the word any."`
	Expires  string   `placeholder:"WHEN" help:"When it ends: 2027-01-31, 2027-01-31T12:00:00Z, or after 90d or 12h; or the word never."`
	Cap      []string `placeholder:"CAP" help:"What it may trade, by the asset that prices are quoted in: USDT=1000/5000 is 1,000 an order and 5,000 a day; USDT=1000 bounds orders alone, USDT=/5000 days; or the word none."`
	CapOut   []string `name:"cap-withdrawals" placeholder:"CAP" help:"What it may withdraw, in the same form: BTC=0.5/2; or the word none."`
	CapCodes []string `name:"cap-codes" placeholder:"CAP" help:"Gift codes that it may issue by itself, in the same form, for a batch and a day: BTC=0.1/0.5; or the word none."`
	ownerFlags
}

func (c *ownerChangeCmd) Run(ctx context.Context, o *output) error {
	in := owner.ChangeKey{Key: c.APIKey}
	var err error
	in.Mandate.Rights = said(c.Rights, "")
	in.Mandate.Symbols = said(c.Symbols, "all")
	in.Mandate.Networks = said(c.Networks, "any")
	switch c.Expires {
	case "":
	case "never":
		in.Mandate.Expires = new(string)
	default:
		in.Mandate.Expires = &c.Expires
	}
	if in.Mandate.Trades, err = saidCaps(c.Cap); err == nil {
		in.Mandate.Withdrawals, err = saidCaps(c.CapOut)
	}
	if err == nil {
		in.Mandate.Codes, err = saidCaps(c.CapCodes)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if in.Mandate == (mandate.Mandate{}) {
		return fmt.Errorf("%w: say what is to change; what is left out stays as it is", errUsage)
	}
	return c.speak(ctx, o, "keys/change", in)
}

// oneKey names an API key.
type oneKey struct {
	Number uint32 `arg:"" name:"key" help:"Number of the API key."`
	ownerFlags
}

func (c *oneKey) say(ctx context.Context, o *output, what string) error {
	return c.speak(ctx, o, "keys/"+what, owner.NameKey{Key: c.Number})
}

type (
	ownerRenewCmd      struct{ oneKey }
	ownerQuarantineCmd struct{ oneKey }
	ownerRestoreCmd    struct{ oneKey }
	ownerRevokeCmd     struct{ oneKey }
)

func (c *ownerRenewCmd) Run(ctx context.Context, o *output) error { return c.say(ctx, o, "renew") }
func (c *ownerQuarantineCmd) Run(ctx context.Context, o *output) error {
	return c.say(ctx, o, "quarantine")
}
func (c *ownerRestoreCmd) Run(ctx context.Context, o *output) error { return c.say(ctx, o, "restore") }
func (c *ownerRevokeCmd) Run(ctx context.Context, o *output) error  { return c.say(ctx, o, "revoke") }
